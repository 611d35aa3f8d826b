import ArgumentParser
import LSTMArchive

struct TestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Check archives by restoring them, without writing anything.")

  @OptionGroup var models: ModelOptions
  @OptionGroup var memory: MemoryOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var messages: MessageOptions

  @Argument(help: "Archives to check; - is standard input.")
  var files: [String]

  func run() throws {
    let store = try models.store()
    try FileLoop(messages: messages).run(files) { file in
      let input = try InputFile(file)
      var decompressor = Decompressor()
      decompressor.memoryLimit = memory.memory.bytes
      decompressor.threads = threads.count
      decompressor.models = store
      let line = ProgressLine(
        name: file, total: input.size, counts: .archive, messages: messages)
      try decompressor.decompress(from: input.read, to: { _ in }, report: line.report)
      line.finish(verb: "is sound")
    }
  }
}
