// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import LSTMArchive
import Platform
import Synchronization

/// Works on files, one after the other or side by side: an error of one is printed and does not stop
/// the others.
struct FileLoop {
  let messages: MessageOptions

  /// How the files fared.
  struct Outcome {
    var hasFailed = false
    var hasSkipped = false

    /// Ends the command with the exit code of the outcome.
    func exit() throws {
      if hasFailed { throw ExitCode(1) }
      if hasSkipped { throw ExitCode(2) }
    }
  }

  /// Runs `body` for each file, in as many threads as there are files `atOnce`; ends with exit code 1
  /// if one of them failed.
  func run(
    _ inputs: InputNames, atOnce: Int, body: @escaping @Sendable (FileName) throws -> Void
  ) throws {
    let files = inputs.names
    let shared = SharedOutcome()
    shared.add(Self.outcome(of: inputs.failures))
    let isQuiet = messages.quiet
    let next = SharedCounter()
    let work: @Sendable () -> Void = {
      while let file = next.take(from: files) {
        shared.add(Self.outcome(of: file, isQuiet: isQuiet) { try body(file) })
      }
    }
    if atOnce > 1 {
      let threads = (0..<atOnce).map { _ in Thread(name: "lstmzip file", work) }
      for thread in threads { thread.join() }
    } else {
      work()
    }
    try shared.outcome.withLock { $0 }.exit()
  }

  /// Runs `body` for each file, and ends with exit code 1 if one of them failed.
  func run(_ inputs: InputNames, body: (FileName) throws -> Void) throws {
    try outcome(inputs, body: body).exit()
  }

  /// Runs `body` for each file.
  func outcome(_ inputs: InputNames, body: (FileName) throws -> Void) -> Outcome {
    var outcome = Self.outcome(of: inputs.failures)
    for file in inputs.names {
      let one = Self.outcome(of: file, isQuiet: messages.quiet) { try body(file) }
      outcome.hasFailed = outcome.hasFailed || one.hasFailed
      outcome.hasSkipped = outcome.hasSkipped || one.hasSkipped
    }
    return outcome
  }

  private static func outcome(of failures: [(name: FileName, error: any Error)]) -> Outcome {
    for failure in failures { Standard.printError("\(failure.error)") }
    return Outcome(hasFailed: !failures.isEmpty)
  }

  private static func outcome(
    of file: FileName, isQuiet: Bool, body: () throws -> Void
  ) -> Outcome {
    let name = file == InputFile.standardInput ? "(standard input)" : "\(file)"
    do {
      try body()
      return Outcome()
    } catch let skipped as FileSkipped {
      if !isQuiet { Standard.printError("\(name): \(skipped)") }
      return Outcome(hasSkipped: true)
    } catch {
      let isMissing = (error as? CompressionError)?.code == .missingModel
      Standard.printError("\(name): \(error)\(isMissing ? "; see --model" : "")")
      return Outcome(hasFailed: true)
    }
  }
}

/// What several threads found.
private final class SharedOutcome: Sendable {
  let outcome = Mutex(FileLoop.Outcome())

  func add(_ other: FileLoop.Outcome) {
    outcome.withLock {
      $0.hasFailed = $0.hasFailed || other.hasFailed
      $0.hasSkipped = $0.hasSkipped || other.hasSkipped
    }
  }
}

/// Gives each file to one thread.
private final class SharedCounter: Sendable {
  private let next = Atomic<Int>(0)

  func take(from files: [FileName]) -> FileName? {
    let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
    return index < files.count ? files[index] : nil
  }
}
