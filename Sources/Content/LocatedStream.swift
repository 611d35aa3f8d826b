// SPDX-License-Identifier: Apache-2.0

import Deflate

/// A deflate stream within a buffer, unpacked.
package struct LocatedStream: Sendable {
  /// What the stream is part of.
  package enum Container: Equatable, Sendable {
    /// The zlib format (RFC 1950), also in PDF files and git's packs.
    case zlib
    /// A gzip member (RFC 1952).
    case gzip
    /// An entry of a zip archive.
    case zip
    /// The image data of a PNG file: the bytes of a row, filter included, and of a pixel; 0 where the
    /// image's header was not found.
    case png(rowBytes: Int, pixelBytes: Int)
  }

  /// A checksum of the content that is right.
  package struct Checksum: Equatable, Sendable {
    package enum Kind: Sendable {
      /// Four bytes, the highest first.
      case adler32
      /// Four bytes, the lowest first.
      case crc32
    }

    package let kind: Kind
    /// Where its four bytes begin in the buffer.
    package let place: Int
  }

  package let container: Container
  /// The parts of the buffer that make up the deflate stream, in order: one, but for PNG's chunks.
  package let pieces: [Range<Int>]
  package let stream: InflatedStream
  /// A checksum outside the pieces that follows from the content; nil where there is none.
  package let checksum: Checksum?

  /// From the stream's first byte to behind its last.
  package var extent: Range<Int> {
    guard let first = pieces.first, let last = pieces.last else { return 0..<0 }
    return first.lowerBound..<last.upperBound
  }
}
