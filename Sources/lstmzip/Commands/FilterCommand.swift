// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Platform

/// `lstmzip` without a subcommand: what tar, ripgrep and shell pipelines call.
struct FilterCommand: ParsableCommand {
  enum Mode: String, EnumerableFlag {
    case compress, decompress, test, list

    static func name(for value: Mode) -> NameSpecification {
      switch value {
      case .compress: [.customShort("z"), .long]
      case .decompress: [.short, .long, .customLong("uncompress")]
      case .test, .list: [.short, .long]
      }
    }

    static func help(for value: Mode) -> ArgumentHelp? {
      switch value {
      case .compress: "Compress. (default)"
      case .decompress: "Decompress."
      case .test: "Check archives: see the command test."
      case .list: "Print what headers say: see the command info."
      }
    }
  }

  static let configuration = CommandConfiguration(
    commandName: "filter",
    abstract: """
      Compress standard input, or files, or decompress with -d: the options of xz and gzip.
      """)

  @Flag(exclusivity: .chooseLast) var mode = Mode.compress

  @OptionGroup var level: LevelOptions
  @OptionGroup var models: ModelOptions
  @OptionGroup var frames: FrameOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var verification: VerifyOptions
  @OptionGroup var memory: MemoryOptions
  @OptionGroup var inputs: InputOptions
  @OptionGroup var messages: MessageOptions

  @Flag(help: "Print JSON, with --list.")
  var json = false

  @Argument(help: "Files instead of standard input.")
  var files: [FileName] = []

  func validate() throws {
    try output.validate(inputs: files)
    if json && mode != .list { throw ValidationError("--json goes with --list.") }
  }

  func run() throws {
    let standard = [InputFile.standardInput]
    switch mode {
    case .compress, .decompress:
      let direction =
        mode == .decompress
        ? Transfer.Direction.decompress(
          Restoration(memoryLimit: memory.forRestoring, models: try models.store(), part: nil))
        : .compress(
          try level.chosen(models.chosen(), unpacks: !frames.leavesPacked),
          frameSize: frames.frameSize.bytes,
          memoryLimit: memory.forCompressing,
          verifies: verification.verify, models: try models.store())
      try Transfer.run(
        files, inputs, standard: standard, direction, output, messages, threads: threads.count)
    case .test:
      try ArchiveTest(
        memoryLimit: memory.forRestoring, threads: threads.count, models: models.store(),
        messages: messages
      ).run(try archives(standard))
    case .list:
      try ArchiveList(isJSON: json, models: models.store(), messages: messages)
        .run(try archives(standard))
    }
  }

  private func archives(_ standard: [FileName]) throws -> InputNames {
    try inputs.names(files, standard: standard) { $0.hasSuffix(output.suffix.suffix) }
  }
}
