import ArgumentParser

struct CompressCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compress", abstract: "Compress each FILE to FILE.lstm.")

  @OptionGroup var level: LevelOptions
  @OptionGroup var models: ModelOptions
  @OptionGroup var frames: FrameOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var messages: MessageOptions

  @Argument(help: "Files to compress; - is standard input.")
  var files: [String]

  func validate() throws {
    try output.validate(inputs: files)
  }

  func run() throws {
    let direction = Transfer.Direction.compress(
      try level.chosen(models.chosen()), frameSize: frames.frameSize.bytes)
    try Transfer.run(files, direction, output, messages, threads: threads.count)
  }
}
