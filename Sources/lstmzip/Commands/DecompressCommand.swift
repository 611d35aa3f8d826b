// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Platform

struct DecompressCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decompress", abstract: "Restore each FILE.lstm to FILE.")

  @OptionGroup var output: OutputOptions
  @OptionGroup var part: PartOptions
  @OptionGroup var models: ModelOptions
  @OptionGroup var memory: MemoryOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var inputs: InputOptions
  @OptionGroup var messages: MessageOptions

  @Argument(help: "Archives to restore; - is standard input.")
  var files: [FileName] = []

  func validate() throws {
    try inputs.validate(files)
    try output.validate(inputs: files)
    if output.removesInput && (part.range != nil || part.keepGoing) {
      throw ValidationError("--rm goes neither with --range nor with --keep-going.")
    }
  }

  func run() throws {
    let direction = Transfer.Direction.decompress(
      Restoration(memoryLimit: memory.forRestoring, models: try models.store(), part: part))
    try Transfer.run(files, inputs, direction, output, messages, threads: threads.count)
  }
}
