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
      decompresses it with -d, so that "tar -I lstmzip" works.

      Exit code: 0 if all is well; 1 if a file failed (the others are done); 2 if a file was \
      skipped; 64 for a wrong command line.

      LSTMZIP_SIMD=portable|avx2|avx512|neon chooses the instruction set; archives never depend on \
      it. LSTMZIP_THREADS is the default of --threads; archives do not depend on it either.
      """,
    version: Version.text,
    subcommands: [
      CompressCommand.self, DecompressCommand.self, TestCommand.self, InfoCommand.self,
      BenchCommand.self, TrainCommand.self, FilterCommand.self,
    ],
    defaultSubcommand: FilterCommand.self)

  /// Reads the environment before any command does.
  static func main() {
    do {
      try Instructions.select(getenv("LSTMZIP_SIMD").map { String(cString: $0) } ?? "")
    } catch {
      Standard.printError("LSTMZIP_SIMD: \(error)")
      Platform.exit(1)
    }
    main(nil)
  }
}

/// What `--version` prints.
enum Version {
  static let text = "lstmzip 0.1.0 (archive format 1)"
}
