// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import LSTMArchive
import Platform
import TrainedModels

/// Compresses or restores one file to another.
struct Transfer: @unchecked Sendable {
  enum Direction: Sendable {
    /// `verifies` is nil if the options do not say so.
    case compress(
      LevelChoice, frameSize: Int, memoryLimit: Int?, verifies: Bool?, models: TrainedModelStore)
    case decompress(Restoration)
  }

  let direction: Direction
  let output: OutputOptions
  let messages: MessageOptions
  let threads: Int
  /// How many files are worked on side by side.
  let atOnce: Int

  /// Works on files, side by side if there are several threads and the outputs are files.
  ///
  /// - Parameters:
  ///   - files: The names that the arguments give.
  ///   - standard: The inputs if nothing names one.
  static func run(
    _ files: [FileName], _ inputs: InputOptions, standard: [FileName] = [],
    _ direction: Direction, _ output: OutputOptions, _ messages: MessageOptions, threads: Int
  ) throws {
    let suffix = output.suffix.suffix
    let names = try inputs.names(files, standard: standard) { name in
      switch direction {
      case .compress: output.force || !name.hasSuffix(suffix)
      case .decompress: name.hasSuffix(suffix)
      }
    }
    try output.validate(inputs: names.names)
    let isParallel =
      names.names.count > 1 && !output.writesToStandardOutput
      && !names.names.contains(InputFile.standardInput)
    let atOnce = isParallel ? min(threads, names.names.count) : 1
    var messages = messages
    // Lines of several files would overwrite each other.
    if atOnce > 1 && messages.progress != .json { messages.progress = .never }
    let transfer = Transfer(
      direction: direction, output: output, messages: messages, threads: max(1, threads / atOnce),
      atOnce: atOnce)
    try FileLoop(messages: messages).run(names, atOnce: atOnce) { try transfer.run($0) }
  }

  /// Works on the file with the given name; "-" is standard input.
  func run(_ name: FileName) throws {
    let target = try target(for: name)
    let input = try InputFile(name)
    if output.removesInput { try input.checkRemovable() }
    if case .file(let path) = target, let present = FileSystem.status(path),
      present.isRegular, present.isSameFile(as: input.status)
    {
      throw FileError("\(path) is the input itself")
    }
    if case .decompress = direction, input.isTerminal {
      throw FileError("an archive is not read from a terminal (see lstmzip --help)")
    }
    let file = try OutputFile(
      target, overwrites: output.force, isSparse: output.isSparse && isRestoring)
    if output.removesInput && !file.isFile {
      throw FileError("--rm needs an output file: what it is written to keeps nothing")
    }
    switch direction {
    case .compress(let level, let frameSize, let memoryLimit, let verifies, let models):
      guard !file.isTerminal || output.force else {
        throw FileError(
          "an archive is not written to a terminal; use -o, a pipe, or -f (see lstmzip --help)")
      }
      let verifies = verifies ?? output.removesInput
      guard file.isFile || !verifies else {
        throw FileError("--verify needs an output file, which can be read again")
      }
      let line = ProgressLine(name: name, total: input.size, counts: .content, messages: messages)
      var compressor = level.compressor
      compressor.frameSize = frameSize
      let plan = try MemoryPlan(
        compressor, contentSize: input.size, limit: memoryLimit, threads: threads, sharing: atOnce)
      compressor.frameSize = plan.frameSize
      compressor.threads = plan.threads
      var read = ContentDigest()
      let source: ByteSource = { limit in
        let bytes = try input.read(limit)
        if verifies { read.update(bytes) }
        return bytes
      }
      try compressor.compress(from: source, to: file.write, report: line.report)
      if verifies { try verify(file, read, models) }
      try finish(file, input)
      line.finish(verb: verifies ? "compressed and verified" : "compressed")
    case .decompress(let restoration):
      let line = ProgressLine(name: name, total: input.size, counts: .archive, messages: messages)
      let recovery = try restoration.run(
        input, to: file, threads: threads, report: line.report)
      try finish(file, input)
      line.finish(verb: "restored")
      if let recovery {
        try restoration.check(recovery, name: name, contentIsPrinted: !file.isFile)
      }
    }
  }

  /// Whether a part of a content is restored, which does not get the whole one's name.
  private var isPart: Bool {
    if case .decompress(let restoration) = direction {
      restoration.part?.range != nil
    } else {
      false
    }
  }

  private var isRestoring: Bool {
    if case .decompress = direction { true } else { false }
  }

  /// Checks that an archive restores what was read.
  private func verify(
    _ file: OutputFile, _ expected: ContentDigest, _ models: TrainedModelStore
  ) throws {
    var decompressor = Decompressor()
    decompressor.memoryLimit = .max
    decompressor.threads = threads
    decompressor.models = models
    var restored = ContentDigest()
    do {
      try decompressor.decompress(
        from: file.reread(), to: { restored.update($0) },
        report: { _ in })
    } catch {
      throw FileError("the archive does not restore what was compressed: \(error)")
    }
    guard restored == expected else {
      throw FileError("the archive does not restore what was compressed")
    }
  }

  private func finish(_ file: OutputFile, _ input: InputFile) throws {
    try file.finish(
      copying: input.isStandardInput ? nil : input, isSynchronous: output.removesInput)
    if output.removesInput { try input.remove() }
  }

  /// Where the output of an input goes.
  private func target(for name: FileName) throws -> OutputTarget {
    if output.writesToStandardOutput { return .standardOutput }
    if let path = output.output {
      return try OutputTarget(path, isGiven: true, overwrites: output.force)
    }
    if name == InputFile.standardInput || isPart { return .standardOutput }
    return try OutputTarget(outputName(for: name), isGiven: false, overwrites: output.force)
  }

  /// The name of the output that goes with an input's.
  private func outputName(for name: FileName) throws -> FileName {
    let suffix = output.suffix.suffix
    switch direction {
    case .compress:
      guard !name.hasSuffix(suffix) || output.force else {
        throw FileSkipped(
          description: "skipped: it is an archive by its name; -f compresses it too")
      }
      return FileName(bytes: name.bytes + suffix.bytes)
    case .decompress:
      let base = name.dropLast(suffix.bytes.count)
      guard name.hasSuffix(suffix), !base.bytes.isEmpty, base.bytes.last != UInt8(ascii: "/")
      else {
        throw FileError("the name does not end in \(suffix); say with -o where to write")
      }
      return base
    }
  }
}
