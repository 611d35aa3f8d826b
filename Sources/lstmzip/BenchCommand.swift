import ArgumentParser
import Compressor
import Foundation

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Compress and restore files in memory, and compare with zlib at level 9.")

  @Flag(help: "Print JSON.")
  var json = false

  @Flag(help: "Measure every level.")
  var levels = false

  @OptionGroup var level: LevelOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var messages: MessageOptions

  @Argument(help: "Files to measure; - is standard input.")
  var files: [String]

  private struct Report: Encodable {
    var files: [BenchmarkResult]
    var total: BenchmarkResult
  }

  func run() throws {
    let measured = levels ? Level.allCases : [level.level]
    var results: [[BenchmarkResult]] = measured.map { _ in [] }
    if !json { Standard.print(BenchmarkResult.heading) }
    let outcome = FileLoop(messages: messages).outcome(files) { file in
      let content = try InputFile(file).readAll()
      for (index, level) in measured.enumerated() {
        let result = try BenchmarkResult(
          measuring: content, level: level, threads: threads.count, name: file)
        results[index].append(result)
        if !json { Standard.print(result.line) }
        guard result.exact else { throw FileError("the round trip was not exact") }
      }
    }
    let totals = zip(measured, results).map { BenchmarkResult(totalOf: $1, level: $0) }
    if json {
      try Standard.printJSON(
        zip(results, totals).map { Report(files: $0, total: $1) }, unwrappingSingle: !levels)
    } else {
      for total in totals { Standard.print(total.line) }
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
