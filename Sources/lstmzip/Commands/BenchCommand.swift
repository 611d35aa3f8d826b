// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Contexts
import LSTM
import Platform
import Prediction

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Compress and restore files in memory, and compare with zlib at level 9.")

  @Flag(help: "Print JSON.")
  var json = false

  @Flag(help: "Measure every level.")
  var levels = false

  @Flag(help: "Print where the time of compression goes too.")
  var profile = false

  @Option(help: "Measure a network of LAYERSxCELLS in LANES, as 2x192 or 2x192/8.")
  var network: NetworkShape?

  @Option(help: .hidden)
  var without: [String] = []

  @OptionGroup var models: ModelOptions
  @OptionGroup var level: LevelOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var messages: MessageOptions

  @Argument(help: "Files to measure; - is standard input.")
  var files: [FileName] = []

  private struct Report: Encodable {
    var files: [BenchmarkResult]
    var total: BenchmarkResult
  }

  func validate() throws {
    if files.isEmpty { throw ValidationError("Missing expected argument '<files> ...'") }
    if let unknown = ContextAblation.switchOff(without) {
      throw ValidationError("--without \(unknown): there is no context of this name.")
    }
  }

  func run() throws {
    let model = try models.chosen()
    let store = try models.store()
    var measured = levels ? try level.all(model) : [try level.chosen(model)]
    if let network { measured = measured.map { network.replacing(in: $0) } }
    var results: [[BenchmarkResult]] = measured.map { _ in [] }
    let outcome = FileLoop(messages: messages).outcome(InputNames(names: files)) { file in
      let content = try InputFile(file).readAll()
      for (index, level) in measured.enumerated() {
        let result = try BenchmarkResult(
          measuring: content, level: level, models: store, threads: threads.count,
          name: "\(file)")
        if !json && results.allSatisfy(\.isEmpty) { Standard.print(BenchmarkResult.heading) }
        results[index].append(result)
        if !json { Standard.print(result.line) }
        if profile && !content.isEmpty {
          let lines = try Profile(of: content, level: level).lines
          for line in lines { json ? Standard.printError(line) : Standard.print(line) }
        }
        guard result.exact else { throw FileError("the round trip was not exact") }
      }
    }
    // Of nothing that was measured there is nothing to report.
    if results.allSatisfy(\.isEmpty) { return try outcome.exit() }
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

/// A network on the command line.
struct NetworkShape: ExpressibleByArgument {
  private let configuration: NetworkConfiguration
  private let lanes: Int?

  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
    let shape = parts[0].split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard shape.count == 2, parts.count < 3, let layers = shape[0], let cells = shape[1] else {
      return nil
    }
    var configuration = NetworkConfiguration()
    configuration.layers = layers
    configuration.cells = cells
    lanes = parts.count == 2 ? Int(parts[1]) : nil
    if parts.count == 2 && lanes == nil { return nil }
    configuration.lanes = lanes ?? 1
    guard (try? configuration.validate()) != nil else { return nil }
    self.configuration = configuration
  }

  /// The level with this network, which learns more slowly if it is large.
  func replacing(in level: LevelChoice) -> LevelChoice {
    var configuration = configuration
    configuration.learningRate = configuration.cells > 128 ? 328 : 524
    return LevelChoice(
      number: level.number,
      options: PredictorOptions(
        network: configuration, hasExperts: level.options.hasExperts, lanes: lanes))
  }
}

/// The peak of this process's resident memory.
enum ProcessMemory {
  static var peakBytes: Int {
    var usage = rusage()
    #if canImport(Glibc)
      getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
    #else
      getrusage(RUSAGE_SELF, &usage)
    #endif
    // Linux counts in units of 1 KiB.
    #if os(Linux)
      return usage.ru_maxrss * 1024
    #else
      return usage.ru_maxrss
    #endif
  }
}
