import ArgumentParser
import Compressor

struct CompressCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compress", abstract: "Compress each FILE to FILE.lstm.")

  @OptionGroup var level: LevelOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var messages: MessageOptions

  @Argument(help: "Files to compress; - is standard input.")
  var files: [String]

  func validate() throws {
    try output.validate(inputs: files)
  }

  func run() throws {
    let direction = Transfer.Direction.compress(level.level)
    try FileLoop(messages: messages).run(files) { file in
      try Transfer(direction: direction, output: output, messages: messages).run(file)
    }
  }
}
