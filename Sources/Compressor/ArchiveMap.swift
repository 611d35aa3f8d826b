// SPDX-License-Identifier: Apache-2.0

import Archive
import Serialisation
import TrainedModels

/// Which frame has which content.
struct ArchiveMap {
  /// A frame with content.
  struct Frame {
    /// Where the frame begins and ends in the archive.
    var archive: Range<Int>
    /// Its bytes of the content.
    var content: Range<Int>
  }

  private(set) var frames: [Frame] = []

  /// Bytes of content.
  var contentSize: Int { frames.last?.content.upperBound ?? 0 }

  /// Reads the indexes of an archive, from its end; where there is none, the frames' headers.
  ///
  /// Archives that were concatenated have an index each.
  ///
  /// - Throws: ``FormatError`` for a header that is damaged, and what reading throws.
  init(_ archive: RandomAccessSource, models: TrainedModelStore) throws {
    var parts: [(start: Int, entries: [ArchiveIndex.Entry])] = []
    var rest = try Self.end(of: archive)
    while rest > 0, let (index, start) = try ArchiveIndex.read(endingAt: rest, read: archive.read) {
      rest = start - index.frameBytes
      parts.append((rest, index.entries))
    }
    if rest > 0 || parts.isEmpty { try addFrames(archive, upTo: rest, models: models) }
    for part in parts.reversed() {
      var position = part.start
      for entry in part.entries {
        try add(position..<position + entry.frameSize, contentSize: entry.contentSize)
        position += entry.frameSize
      }
    }
  }

  private mutating func add(_ archive: Range<Int>, contentSize size: Int) throws {
    let start = contentSize
    let (end, hasOverflow) = start.addingReportingOverflow(size)
    guard !hasOverflow else { throw FormatError.corruptHeader("the content is impossibly large") }
    frames.append(Frame(archive: archive, content: start..<end))
  }

  /// Where the frames end: zeros may follow, but some belong to the last frame.
  private static func end(of archive: RandomAccessSource) throws -> Int {
    func hasIndex(_ end: Int) throws -> Bool {
      try ArchiveIndex.read(endingAt: end, read: archive.read) != nil
    }
    if try hasIndex(archive.size) { return archive.size }
    let piece = 1 << 16
    var end = archive.size
    while end > 0 {
      let start = max(0, end - piece)
      if let last = try archive.read(start, end - start).lastIndex(where: { $0 != 0 }) {
        end = start + last + 1
        break
      }
      end = start
    }
    return try (end...min(end + 8, archive.size)).first(where: hasIndex) ?? archive.size
  }

  /// Passes from header to header.
  private mutating func addFrames(
    _ archive: RandomAccessSource, upTo end: Int, models: TrainedModelStore
  ) throws {
    var position = 0
    while position < end || frames.isEmpty && position == 0 {
      var reader = archive.reader(at: position, upTo: end)
      guard
        let header = try FrameHeader.next(from: &reader, isFirst: position == 0, models: models)
      else { return }
      let dataStart = position + header.size
      var data = archive.reader(at: dataStart, upTo: end)
      let (dataSize, contentSize): (Int, Int)
      switch header.method {
      case .skippable(_, let size): (dataSize, contentSize) = (size, 0)
      case .model(_, let content, let payload, _):
        (dataSize, contentSize) = (content.planSize + payload, content.size)
      case .stored: (dataSize, contentSize) = try StoredContent.pass(&data)
      }
      let frame = position..<dataStart + dataSize
      guard frame.upperBound <= end else { throw FormatError.truncated }
      if case .skippable = header.method {} else { try add(frame, contentSize: contentSize) }
      position = frame.upperBound
    }
  }
}
