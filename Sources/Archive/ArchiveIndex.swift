// SPDX-License-Identifier: Apache-2.0

import Serialisation
import TrainedModels

/// Where the frames of an archive are: a skippable frame after the last one.
///
/// `docs/FORMAT.md` specifies its bytes. They are found from the archive's end, and untrusted: an index
/// only says where to look; each frame has a header and checksums of its own.
package struct ArchiveIndex: Hashable {
  /// The sizes of a frame.
  package struct Entry: Hashable, Sendable {
    /// Bytes of content.
    package var contentSize: Int
    /// Bytes of the archive, the header included.
    package var frameSize: Int

    /// Puts the sizes together.
    package init(contentSize: Int, frameSize: Int) {
      self.contentSize = contentSize
      self.frameSize = frameSize
    }
  }

  static let method: UInt8 = 0x81
  /// The greatest index, with some millions of frames: memory for it is bounded.
  package static let greatest = 1 << 26
  private static let footerSize = 8
  private static let greatestSize = 1 << 56

  /// The frames before the index, in their order.
  package var entries: [Entry]

  /// Makes an index.
  package init(_ entries: [Entry]) {
    self.entries = entries
  }

  /// Bytes of all frames.
  package var frameBytes: Int { entries.map(\.frameSize).reduce(0, +) }

  /// The frame that holds the index.
  package var bytes: [UInt8] {
    var data = ByteWriter()
    for entry in entries {
      data.appendVarint(entry.contentSize)
      data.appendVarint(entry.frameSize)
    }
    let size = data.bytes.count + Self.footerSize
    let header = FrameHeader(.skippable(method: Self.method, size: size)).bytes
    data.append(Checksum.of(data.bytes))
    data.append(UInt32(truncatingIfNeeded: header.count + size))
    return header + data.bytes
  }

  /// Reads the index whose frame ends at a place.
  ///
  /// - Parameter read: Gives bytes of the archive from a position on, as many as it is asked for.
  /// - Returns: The index and where its frame begins, or nil if there is none.
  /// - Throws: What `read` throws.
  package static func read(
    endingAt end: Int, read: (_ position: Int, _ count: Int) throws -> [UInt8]
  ) throws -> (index: ArchiveIndex, start: Int)? {
    guard end >= footerSize else { return nil }
    let footer = try read(end - footerSize, footerSize)
    guard footer.count == footerSize else { return nil }
    let size = Int(UInt32(littleEndian: footer.suffix(4)))
    guard size > footerSize, size <= min(end, greatest) else { return nil }
    let start = end - size
    let bytes = try read(start, size)
    guard bytes.count == size, let index = ArchiveIndex(frame: bytes),
      index.frameBytes <= start
    else { return nil }
    return (index, start)
  }

  /// Reads an index from the bytes of its frame; nil if they are anything else.
  private init?(frame: [UInt8]) {
    var reader = ByteReader(frame)
    guard
      let header = try? FrameHeader(from: &reader, isFirst: true, models: TrainedModelStore()),
      case .skippable(Self.method, let size) = header.method, size == reader.bufferedCount,
      size >= Self.footerSize, let data = try? reader.bytes(count: size - Self.footerSize),
      let checksum = try? reader.uint32(), checksum == Checksum.of(data)
    else { return nil }
    entries = []
    var fields = ByteReader(data)
    var total = 0
    while let isAtEnd = try? fields.isAtEnd(), !isAtEnd {
      guard let contentSize = try? fields.varint(limit: Self.greatestSize),
        let frameSize = try? fields.varint(limit: Self.greatestSize),
        case let (sum, hasOverflow) = total.addingReportingOverflow(max(contentSize, frameSize)),
        !hasOverflow, frameSize > 0,
        contentSize <= max(frameSize, FrameHeader.greatestContent)
      else { return nil }
      total = sum
      entries.append(Entry(contentSize: contentSize, frameSize: frameSize))
    }
  }
}
