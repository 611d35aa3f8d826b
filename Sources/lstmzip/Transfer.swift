import LSTMArchive
import Platform
import TrainedModels

/// Compresses or restores one file to another.
struct Transfer: @unchecked Sendable {
  enum Direction: Sendable {
    case compress(LevelChoice, frameSize: Int)
    case decompress(memoryLimit: Int, models: TrainedModelStore)
  }

  static let suffix = ".lstm"

  let direction: Direction
  let output: OutputOptions
  let messages: MessageOptions
  let threads: Int

  /// Works on files, side by side if there are several threads and the outputs are files.
  static func run(
    _ files: [String], _ direction: Direction, _ output: OutputOptions, _ messages: MessageOptions,
    threads: Int
  ) throws {
    let isParallel = files.count > 1 && !output.writesToStandardOutput && !files.contains("-")
    let atOnce = isParallel ? min(threads, files.count) : 1
    var messages = messages
    // Lines of several files would overwrite each other.
    if atOnce > 1 { messages.progress = false }
    let transfer = Transfer(
      direction: direction, output: output, messages: messages, threads: max(1, threads / atOnce))
    try FileLoop(messages: messages).run(files, atOnce: atOnce) { try transfer.run($0) }
  }

  /// Works on the file with the given name; "-" is standard input.
  func run(_ name: String) throws {
    let target = try targetPath(for: name)
    let input = try InputFile(name)
    if output.removesInput { try checkRemovable(input) }
    try checkTerminals(input, target: target)
    let file = try target.map { try OutputFile(path: $0, overwrites: output.force) } ?? OutputFile()
    switch direction {
    case .compress(let level, let frameSize):
      let line = ProgressLine(name: name, total: input.size, counts: .content, messages: messages)
      var compressor = level.compressor
      compressor.frameSize = frameSize
      compressor.threads = threads
      try compressor.compress(from: input.read, to: file.write, report: line.report)
      try finish(file, input)
      line.finish(verb: "compressed")
    case .decompress(let memoryLimit, let models):
      let line = ProgressLine(name: name, total: input.size, counts: .archive, messages: messages)
      var decompressor = Decompressor()
      decompressor.memoryLimit = memoryLimit
      decompressor.threads = threads
      decompressor.models = models
      try decompressor.decompress(from: input.read, to: file.write, report: line.report)
      try finish(file, input)
      line.finish(verb: "restored")
    }
  }

  private func finish(_ file: OutputFile, _ input: InputFile) throws {
    let status = input.isStandardInput ? nil : input.status
    try file.finish(copying: status, isSynchronous: output.removesInput)
    if output.removesInput {
      guard unlink(input.name) == 0 else {
        throw FileError("cannot remove it: \(FileError.system())")
      }
    }
  }

  /// The path to write to, or nil for standard output.
  private func targetPath(for name: String) throws -> String? {
    if output.writesToStandardOutput { return nil }
    if let path = output.output { return path }
    if name == "-" { return nil }
    switch direction {
    case .compress:
      guard !name.hasSuffix(Self.suffix) || output.force else {
        throw FileSkipped(
          description: "skipped: it is an archive by its name; -f compresses it too")
      }
      return name + Self.suffix
    case .decompress:
      let base = name.dropLast(Self.suffix.count)
      guard name.hasSuffix(Self.suffix) && !base.isEmpty && !base.hasSuffix("/") else {
        throw FileError("the name does not end in \(Self.suffix); say with -o where to write")
      }
      return String(base)
    }
  }

  private func checkRemovable(_ input: InputFile) throws {
    var status = stat()
    let isLink = lstat(input.name, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    guard !input.isStandardInput, input.size != nil, !isLink, input.status.st_nlink == 1 else {
      throw FileError("--rm removes plain files only, not links, devices or pipes")
    }
  }

  private func checkTerminals(_ input: InputFile, target: String?) throws {
    switch direction {
    case .compress:
      guard target != nil || output.force || isatty(STDOUT_FILENO) == 0 else {
        throw FileError(
          "an archive is not written to a terminal; use -o, a pipe, or -f (see lstmzip --help)")
      }
    case .decompress:
      guard !input.isTerminal else {
        throw FileError("an archive is not read from a terminal (see lstmzip --help)")
      }
    }
  }
}
