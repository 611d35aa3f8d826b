// SPDX-License-Identifier: Apache-2.0

import Serialisation

/// An archive that can be read at any place, such as a file.
public struct RandomAccessSource {
  /// Bytes of the archive.
  public let size: Int
  private let readBytes: (_ position: Int, _ count: Int) throws -> [UInt8]

  /// Wraps what reads.
  ///
  /// - Parameter read: Gives up to `count` bytes from a position on; fewer only at the end.
  public init(
    size: Int, read: @escaping (_ position: Int, _ count: Int) throws -> [UInt8]
  ) {
    self.size = size
    readBytes = read
  }

  /// Wraps bytes.
  public init(_ bytes: [UInt8]) {
    self.init(size: bytes.count) { position, count in
      Array(bytes[min(position, bytes.count)...].prefix(count))
    }
  }

  /// Bytes from a position on, fewer than `count` only at the end.
  func read(_ position: Int, _ count: Int) throws -> [UInt8] {
    guard position < size, count > 0 else { return [] }
    return try readBytes(position, min(count, size - position))
  }

  /// A reader that begins at a position.
  ///
  /// - Parameter end: Where it ends.
  func reader(at position: Int, upTo end: Int? = nil) -> ByteReader {
    let end = min(end ?? size, size)
    // Here, and where bytes were passed over, a header begins: not much more is read.
    var (next, isHeader) = (position, true)
    return ByteReader { limit in
      let bytes = try read(next, min(isHeader ? Self.headerPiece : limit, max(end - next, 0)))
      isHeader = false
      next += bytes.count
      return bytes
    } skip: { count in
      let passed = min(count, max(end - next, 0))
      next += passed
      isHeader = true
      return passed
    }
  }

  /// A header's bytes, at most, and some of what follows.
  private static let headerPiece = 128
}
