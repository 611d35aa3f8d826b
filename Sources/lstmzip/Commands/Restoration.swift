// SPDX-License-Identifier: Apache-2.0

import LSTMArchive
import Platform
import TrainedModels

/// Restores an archive, or parts of it.
struct Restoration: @unchecked Sendable {
  let memoryLimit: Int
  let models: TrainedModelStore
  let part: PartOptions?

  /// Restores `input` to `file`.
  ///
  /// - Returns: What could not be restored of a damaged archive, if that is not an error.
  /// - Throws: ``FileError``, and what the decompressor throws.
  func run(
    _ input: InputFile, to file: OutputFile, threads: Int, report: ProgressReport
  ) throws -> RecoveryReport? {
    var decompressor = Decompressor()
    decompressor.memoryLimit = memoryLimit
    decompressor.threads = threads
    decompressor.models = models
    guard let part, part.range != nil || part.keepGoing else {
      try decompressor.decompress(from: input.read, to: file.write, report: report)
      return nil
    }
    guard let archive = input.randomAccess else {
      throw FileError("--range and --keep-going need an archive in a file")
    }
    guard let range = part.range?.range else {
      return try decompressor.recover(
        archive, fillsHoles: part.holes == .zeros, to: file.write, report: report)
    }
    let size = try decompressor.contentSize(of: archive)
    guard range.lowerBound < size else {
      throw FileError("the content has only \(size) bytes")
    }
    try decompressor.decompress(range, of: archive, to: file.write, report: report)
    return nil
  }

  /// Says what is lost.
  ///
  /// - Throws: ``FileError`` if something is.
  func check(_ recovery: RecoveryReport, name: FileName, contentIsPrinted: Bool) throws {
    if part?.json ?? false {
      let line = Line(
        name: "\(name)", frames: recovery.frames, contentBytes: recovery.contentBytes,
        holes: recovery.holes.map {
          Line.Hole(
            archiveStart: $0.archive.lowerBound, archiveEnd: $0.archive.upperBound,
            contentOffset: $0.contentOffset, contentBytes: $0.contentSize)
        })
      Standard.writeJSONLine(line, to: contentIsPrinted ? STDERR_FILENO : STDOUT_FILENO)
    } else {
      for hole in recovery.holes {
        let size = hole.contentSize.map { "\($0) bytes" } ?? "an unknown number of bytes"
        Standard.printError(
          "\(name): \(size) at \(hole.contentOffset) are lost: the archive is damaged in bytes "
            + "\(hole.archive.lowerBound) to \(hole.archive.upperBound - 1)")
      }
    }
    guard recovery.holes.isEmpty else {
      throw FileError(
        "damaged in \(recovery.holes.count) \(recovery.holes.count == 1 ? "place" : "places"); "
          + "\(recovery.frames) frames with \(recovery.contentBytes) bytes are restored")
    }
  }

  /// The keys are part of the command line's interface.
  private struct Line: Encodable {
    struct Hole: Encodable {
      var archiveStart: Int
      var archiveEnd: Int
      var contentOffset: Int
      var contentBytes: Int?
    }

    var name: String
    var frames: Int
    var contentBytes: Int
    var holes: [Hole]
  }
}
