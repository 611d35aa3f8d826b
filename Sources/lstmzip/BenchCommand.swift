import ArgumentParser
import Compressor
import Foundation

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Compress and restore files in memory, and compare with zlib at level 9.")

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var messages: MessageOptions

  @Argument(help: "Files to measure; - is standard input.")
  var files: [String]

  private struct Report: Encodable {
    var files: [BenchmarkResult]
    var total: BenchmarkResult
  }

  func run() throws {
    var results: [BenchmarkResult] = []
    if !json { Standard.print(BenchmarkResult.heading) }
    let outcome = FileLoop(messages: messages).outcome(files) { file in
      let result = try BenchmarkResult(measuring: InputFile(file).readAll(), name: file)
      results.append(result)
      if !json { Standard.print(result.line) }
      guard result.exact else { throw FileError("the round trip was not exact") }
    }
    let total = BenchmarkResult(totalOf: results)
    if json {
      try Standard.printJSON(Report(files: results, total: total))
    } else {
      Standard.print(total.line)
      Standard.print("peak memory: \(ProcessMemory.peakBytes >> 20) MiB")
    }
    try outcome.exit()
  }
}

/// The peak of this process's resident memory.
enum ProcessMemory {
  static var peakBytes: Int {
    var usage = rusage()
    // Linux counts in units of 1 KiB.
    #if os(Linux)
      getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
      return usage.ru_maxrss * 1024
    #else
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #endif
  }
}
