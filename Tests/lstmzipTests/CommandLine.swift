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

  func write(_ name: String, _ bytes: [UInt8]) throws {
    try Data(bytes).write(to: folder.appendingPathComponent(name))
  }

  func read(_ name: String) -> [UInt8]? {
    FileManager.default.contents(atPath: folder.appendingPathComponent(name).path).map {
      [UInt8]($0)
    }
  }

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  /// Names in the folder, sorted; the hidden input left out.
  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
      .filter { $0 != ".input" }.sorted()
  }
}
