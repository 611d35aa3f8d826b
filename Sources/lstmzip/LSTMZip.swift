// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import LSTMArchive
import Platform

/// The command line: one file a subcommand.
@main
struct LSTMZip: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lstmzip",
    abstract: "Compresses with a neural network that learns while it codes: small, and slow.",
    discussion: """
      Without a subcommand lstmzip is a filter: it compresses standard input to standard output, or \
      decompresses it with -d, so that "tar -I lstmzip" works; given files it works on them as xz does, \
      but keeps them. "lstmzip filter --help" lists its options. Under the names unlstmzip and lstmzcat \
      it decompresses.

      Exit code: 0 if all is well; 1 if a file failed (the others are done); 2 if a file was \
      skipped; 64 for a wrong command line.

      LSTMZIP_SIMD=portable|avx2|avx512|neon chooses the instruction set; archives never depend on \
      it. LSTMZIP_THREADS is the default of --threads; archives do not depend on it either. \
      LSTMZIP_LEVEL is the default level.

      SIGUSR1 makes a running lstmzip say how far it has come.
      """,
    version: Version.text,
    subcommands: [
      CompressCommand.self, DecompressCommand.self, TestCommand.self, InfoCommand.self,
      BenchCommand.self, TrainCommand.self, FilterCommand.self, ManualCommand.self,
    ],
    defaultSubcommand: FilterCommand.self)

  static func main() {
    ProgressRequest.listen()
    let arguments = CompatibleArguments(ProcessArguments.all).arguments
    do {
      try Instructions.select(Environment.value("LSTMZIP_SIMD") ?? "")
    } catch {
      Standard.printError("LSTMZIP_SIMD: \(error)")
      Platform.exit(1)
    }
    if let version = Version.answer(to: arguments) {
      Standard.print(version)
      return
    }
    do {
      let verbs = configuration.subcommands.flatMap {
        [$0._commandName] + $0.configuration.aliases
      }
      try VerbSuggestion.check(arguments, verbs: verbs + ["help"])
      var command = try parseAsRoot(arguments.map(CommandLineText.text))
      try command.run()
    } catch {
      end(with: error)
    }
  }

  /// Ends the process with an error's message and exit code; asking for help is an error here too.
  private static func end(with error: any Error) -> Never {
    let code = exitCode(for: error)
    let message = CommandLineText.printable(fullMessage(for: error))
    if !message.isEmpty {
      Standard.write(message + "\n", to: code.isSuccess ? STDOUT_FILENO : STDERR_FILENO)
    }
    Platform.exit(code.rawValue)
  }
}

/// What `--version` prints.
enum Version {
  static let number = "lstmzip 0.1.0"
  static let text = "\(number) (archive format 1)"

  /// What the program says if it was asked for its version, as `--version` or `-V` and as nothing else;
  /// more with `-v`.
  static func answer(to arguments: [[UInt8]]) -> String? {
    let words = arguments.map { String(decoding: $0, as: UTF8.self) }
    let (asks, details) = (["-V", "--version"], ["-v", "--verbose"])
    guard words.contains(where: asks.contains), words.allSatisfy((asks + details).contains) else {
      return nil
    }
    guard words.contains(where: details.contains) else { return text }
    return """
      \(text)
      instruction set: \(Instructions.name)
      processors: \(Thread.processorCount)
      reads and writes: archive format 1
      """
  }
}
