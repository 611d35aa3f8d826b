// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `train`: a training that is killed and started again gives the model of one that is not.
@Suite(.serialized) struct TrainTests {
  /// Some seconds of work in several segments, for a debug build or the program that the environment
  /// names.
  private static let bytes =
    ProcessInfo.processInfo.environment["LSTMZIP_TEST_BINARY"] == nil ? "17000" : "600000"
  private static let arguments = [
    "train", "-q", "-o", "model", "--size", "small", "--row-bits", "6", "--bytes", bytes, "data",
  ]

  /// A folder with something to learn from.
  private static func prepare() throws -> CommandLineRun {
    let run = try CommandLineRun()
    try FileManager.default.createDirectory(
      atPath: run.path("data/more"), withIntermediateDirectories: true)
    let text = Array(repeating: "the cell keeps what the gate lets it keep\n", count: 150).joined()
    try run.write("data/a", Array(text.utf8))
    try run.write("data/more/b", (0..<5000).map { UInt8(truncatingIfNeeded: $0 / 7 ^ $0 % 16) })
    return run
  }

  /// The model of a training that nobody disturbs.
  private static let expected = Result {
    let run = try prepare()
    let result = try run.run(arguments + ["-T", "1"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(run.names == ["data", "model"])
    return run.read("model") ?? []
  }

  /// Starts a training with a checkpoint after each segment, and kills it when `isTime` says so.
  ///
  /// - Returns: Whether it was killed before it had ended.
  private func kill(
    _ run: CommandLineRun, threads: Int, when isTime: (_ seconds: Double) -> Bool
  ) throws -> Bool {
    let process = Process()
    process.executableURL = CommandLineRun.binary
    process.arguments = Self.arguments + ["-T", "\(threads)"]
    process.currentDirectoryURL = run.folder
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["LSTMZIP_CHECKPOINT_SECONDS": "0"]) { $1 }
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    let start = Date()
    try process.run()
    while process.isRunning && !isTime(Date().timeIntervalSince(start)) { usleep(2000) }
    // What is not running any more is not killed either.
    let isKilled = process.isRunning && Foundation.kill(process.processIdentifier, SIGKILL) == 0
    process.waitUntilExit()
    return isKilled && process.terminationReason == .uncaughtSignal
  }

  @Test(arguments: [1, 2])
  func killedTrainingsGoOn(threads: Int) throws {
    let run = try Self.prepare()
    let checkpoint = run.path("model.checkpoint")
    func date() -> Date? {
      let attributes = try? FileManager.default.attributesOfItem(atPath: checkpoint)
      return attributes?[.modificationDate] as? Date
    }
    // Before there is anything to go on with.
    #expect(try kill(run, threads: threads) { $0 > 0.02 })
    // As soon as there is a checkpoint, at once, and a while after the next one.
    #expect(try kill(run, threads: threads) { _ in date() != nil })
    #expect(try kill(run, threads: 3 - threads) { $0 > 0.05 })
    let first = try #require(date())
    var seen: Double?
    _ = try kill(run, threads: threads) { seconds in
      if seen == nil && date() != first { seen = seconds }
      return seen.map { seconds > $0 + 0.2 } ?? false
    }
    if run.read("model") == nil {
      let result = try run.run(
        Self.arguments + ["-T", "\(threads)"], environment: ["LSTMZIP_CHECKPOINT_SECONDS": "0"])
      #expect(result.status == 0, "\(result.errors)")
    }
    #expect(try run.read("model") == Self.expected.get())
    #expect(date() == nil)
  }

  @Test func wrongCheckpointsAreErrors() throws {
    let run = try Self.prepare()
    try run.write("model.checkpoint", [1, 2, 3])
    let result = try run.run(Self.arguments)
    #expect(result.status == 1 && result.errors.contains("the checkpoint is damaged"))
    #expect(result.errors.split(separator: "\n").count == 1)
    #expect(run.read("model") == nil)
  }
}
