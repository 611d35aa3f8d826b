import ArgumentParser

/// `lstmzip` without a subcommand: what tar, ripgrep and shell pipelines call.
struct FilterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "filter",
    abstract: "Compress standard input to standard output, or decompress it with -d. (default)")

  @Flag(name: .shortAndLong, help: "Decompress.")
  var decompress = false

  @OptionGroup var level: LevelOptions
  @OptionGroup var models: ModelOptions
  @OptionGroup var frames: FrameOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var memory: MemoryOptions
  @OptionGroup var messages: MessageOptions

  @Argument(help: "Files instead of standard input.")
  var files: [String] = []

  func validate() throws {
    try output.validate(inputs: files)
  }

  func run() throws {
    let direction: Transfer.Direction =
      decompress
      ? .decompress(memoryLimit: memory.memory.bytes, models: try models.store())
      : .compress(try level.chosen(models.chosen()), frameSize: frames.frameSize.bytes)
    try Transfer.run(
      files.isEmpty ? ["-"] : files, direction, output, messages, threads: threads.count)
  }
}
