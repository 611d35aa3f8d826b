// SPDX-License-Identifier: Apache-2.0

import Archive
import Serialisation

extension Decompressor {
  /// The size of an archive's content, from its indexes or headers.
  ///
  /// - Throws: ``CompressionError`` for a damaged header, and what reading throws.
  public func contentSize(of archive: RandomAccessSource) throws -> Int {
    try CompressionError.translatingKnown {
      try ArchiveMap(archive, models: models).contentSize
    }
  }

  /// Restores a part of the content; reads and decodes only the frames that have some of it.
  ///
  /// - Parameter range: Bytes of the content, from 0; what is beyond its end is left out.
  /// - Throws: What ``decompress(_:)`` throws, and whatever `archive`, `sink` and `report` throw.
  public func decompress(
    _ range: Range<Int>, of archive: RandomAccessSource, to sink: @escaping ByteSink,
    report: ProgressReport = { _ in }
  ) throws {
    try CompressionError.translatingKnown {
      let map = try ArchiveMap(archive, models: models)
      var progress = CompressionProgress()
      for frame in map.frames where frame.content.overlaps(range) {
        var position = frame.content.lowerBound
        let before = progress
        let restored = try restoreFrame(
          at: frame.archive.lowerBound, of: archive, upTo: frame.archive.upperBound
        ) { piece in
          let wanted = range.clamped(to: position..<position + piece.count)
          if !wanted.isEmpty {
            try sink(Array(piece[wanted.lowerBound - position..<wanted.upperBound - position]))
            progress.contentBytes += wanted.count
          }
          position += piece.count
        } report: { _ in
          try report(progress)
        }
        progress.archiveBytes = before.archiveBytes + frame.archive.count
        guard restored.end == frame.archive.upperBound,
          restored.contentSize == frame.content.count
        else { throw FormatError.corruptHeader("the index does not fit its frames") }
        try report(progress)
      }
    }
  }
}
