// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Platform

struct CompressCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compress", abstract: "Compress each FILE to FILE.lstm.")

  @OptionGroup var level: LevelOptions
  @OptionGroup var models: ModelOptions
  @OptionGroup var frames: FrameOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var memory: MemoryOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var verification: VerifyOptions
  @OptionGroup var inputs: InputOptions
  @OptionGroup var messages: MessageOptions

  @Argument(help: "Files to compress; - is standard input.")
  var files: [FileName] = []

  func validate() throws {
    try inputs.validate(files)
    try output.validate(inputs: files)
  }

  func run() throws {
    let direction = Transfer.Direction.compress(
      try level.chosen(models.chosen(), unpacks: !frames.leavesPacked),
      frameSize: frames.frameSize.bytes,
      memoryLimit: memory.forCompressing,
      verifies: verification.verify, models: try models.store())
    try Transfer.run(files, inputs, direction, output, messages, threads: threads.count)
  }
}
