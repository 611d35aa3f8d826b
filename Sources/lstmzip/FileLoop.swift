import ArgumentParser
import Foundation

/// Works on files one after the other: an error of one is printed and does not stop the others.
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

  /// Runs `body` for each file, and ends with exit code 1 if one of them failed.
  func run(_ files: [String], body: (String) throws -> Void) throws {
    try outcome(files, body: body).exit()
  }

  /// Runs `body` for each file.
  func outcome(_ files: [String], body: (String) throws -> Void) -> Outcome {
    var outcome = Outcome()
    for file in files {
      do {
        try body(file)
      } catch let skipped as FileSkipped {
        if !messages.quiet { Standard.printError("\(Self.name(file)): \(skipped)") }
        outcome.hasSkipped = true
      } catch {
        Standard.printError("\(Self.name(file)): \(error)")
        outcome.hasFailed = true
      }
    }
    return outcome
  }

  private static func name(_ file: String) -> String {
    file == "-" ? "(standard input)" : file
  }
}
