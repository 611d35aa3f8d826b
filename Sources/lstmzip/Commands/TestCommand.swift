// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import LSTMArchive
import Platform
import TrainedModels

struct TestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Check archives by restoring them, without writing anything.")

  @OptionGroup var models: ModelOptions
  @OptionGroup var memory: MemoryOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var suffix: SuffixOptions
  @OptionGroup var inputs: InputOptions
  @OptionGroup var messages: MessageOptions

  @Argument(help: "Archives to check; - is standard input.")
  var files: [FileName] = []

  func validate() throws {
    try inputs.validate(files)
  }

  func run() throws {
    let names = try inputs.names(files) { $0.hasSuffix(suffix.suffix) }
    try ArchiveTest(
      memoryLimit: memory.forRestoring, threads: threads.count, models: models.store(),
      messages: messages
    ).run(names)
  }
}

/// Restores archives and throws the content away.
struct ArchiveTest {
  let memoryLimit: Int
  let threads: Int
  let models: TrainedModelStore
  let messages: MessageOptions

  /// Ends with exit code 1 if one of the archives is not sound.
  func run(_ names: InputNames) throws {
    try FileLoop(messages: messages).run(names) { file in
      let input = try InputFile(file)
      guard !input.isTerminal else {
        throw FileError("an archive is not read from a terminal (see lstmzip --help)")
      }
      var decompressor = Decompressor()
      decompressor.memoryLimit = memoryLimit
      decompressor.threads = threads
      decompressor.models = models
      let line = ProgressLine(
        name: file, total: input.size, counts: .archive, messages: messages)
      try decompressor.decompress(from: input.read, to: { _ in }, report: line.report)
      line.finish(verb: "is sound")
    }
  }
}
