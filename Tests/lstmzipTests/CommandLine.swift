// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Runs the real program, each test in a folder of its own.
final class CommandLineRun {
  /// How a run ended and what it printed.
  struct Result {
    var status: Int32
    var signal: Int32?
    var output: [UInt8]
    var errors: String
  }

  private let temporary: TemporaryFolder

  /// An empty folder, removed with this object.
  var folder: URL { temporary.url }

  init() throws { temporary = try TemporaryFolder() }

  /// The program beside the test bundle, or the one that `LSTMZIP_TEST_BINARY` names.
  static var binary: URL {
    if let path = ProcessInfo.processInfo.environment["LSTMZIP_TEST_BINARY"] {
      return URL(fileURLWithPath: path)
    }
    return Bundle.main.bundleURL.appendingPathComponent("lstmzip")
  }

  /// Runs `lstmzip` in the folder with the given arguments and standard input.
  func run(
    _ arguments: String..., input: [UInt8]? = nil, environment: [String: String] = [:]
  ) throws -> Result {
    try run(arguments, input: input, environment: environment)
  }

  /// Runs `lstmzip` in the folder with the given arguments and standard input.
  func run(
    _ arguments: [String], input: [UInt8]? = nil, environment: [String: String] = [:]
  ) throws -> Result {
    let process = Process()
    process.executableURL = Self.binary
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    // A file, not a pipe, so that neither side waits for the other.
    let inputFile = folder.appendingPathComponent(".input")
    try Data(input ?? []).write(to: inputFile)
    process.standardInput = try FileHandle(forReadingFrom: inputFile)
    defer { try? FileManager.default.removeItem(at: inputFile) }
    try process.run()
    let collected = errors.fileHandleForReading
    let printed = output.fileHandleForReading.readDataToEndOfFile()
    let messages = collected.readDataToEndOfFile()
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus,
      signal: process.terminationReason == .uncaughtSignal ? process.terminationStatus : nil,
      output: [UInt8](printed), errors: String(decoding: messages, as: UTF8.self))
  }

  /// Runs a shell script in the folder, which names of bytes, devices and pipes need.
  ///
  /// `$P` is the program.
  func shell(_ script: String) throws -> Result {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script]
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["P": Self.binary.path]) { $1 }
    let (output, errors) = (folder.appendingPathComponent(".output"), Pipe())
    _ = FileManager.default.createFile(atPath: output.path, contents: nil)
    defer { try? FileManager.default.removeItem(at: output) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try runWithDefaultSignals(process)
    let messages = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus,
      signal: process.terminationReason == .uncaughtSignal ? process.terminationStatus : nil,
      output: [UInt8](try Data(contentsOf: output)),
      errors: String(decoding: messages, as: UTF8.self))
  }

  /// Starts the program, without waiting for its end; standard error goes to the file ".errors".
  func start(_ arguments: [String], environment: [String: String] = [:]) throws -> Process {
    let process = Process()
    process.executableURL = Self.binary
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    _ = FileManager.default.createFile(atPath: path(".errors"), contents: nil)
    process.standardError = try FileHandle(
      forWritingTo: folder.appendingPathComponent(".errors"))
    try runWithDefaultSignals(process)
    return process
  }

  /// What a started program has printed on standard error so far.
  var errors: String { String(decoding: read(".errors") ?? [], as: UTF8.self) }

  /// The names that the program gives files while it writes them.
  var temporaryNames: [String] { names.filter { $0.hasPrefix(".lstmzip-") } }

  /// Waits until a condition holds, at most 20 seconds.
  func wait(until condition: () -> Bool) -> Bool {
    let deadline = Date().addingTimeInterval(20)
    while !condition() && Date() < deadline { usleep(2000) }
    return condition()
  }

  /// Runs a process for which signals do what the program says.
  ///
  /// The threads that tests run on block signals, which a child inherits; Swift's own handlers, if the
  /// environment asks for them, print where a crash was.
  private func runWithDefaultSignals(_ process: Process) throws {
    var none = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, nil)
    process.environment?["SWIFT_BACKTRACE"] = "enable=no"
    try process.run()
  }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    try Data(bytes).write(to: folder.appendingPathComponent(name))
  }

  func read(_ name: String) -> [UInt8]? {
    FileManager.default.contents(atPath: folder.appendingPathComponent(name).path).map {
      [UInt8]($0)
    }
  }

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  /// Names in the folder, sorted; what the helpers above make left out.
  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
      .filter { ![".input", ".output", ".errors"].contains($0) }.sorted()
  }
}
