import ArgumentParser

struct DecompressCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decompress", abstract: "Restore each FILE.lstm to FILE.")

  @OptionGroup var output: OutputOptions
  @OptionGroup var models: ModelOptions
  @OptionGroup var memory: MemoryOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var messages: MessageOptions

  @Argument(help: "Archives to restore; - is standard input.")
  var files: [String]

  func validate() throws {
    try output.validate(inputs: files)
  }

  func run() throws {
    let direction = Transfer.Direction.decompress(
      memoryLimit: memory.memory.bytes, models: try models.store())
    try Transfer.run(files, direction, output, messages, threads: threads.count)
  }
}
