// SPDX-License-Identifier: Apache-2.0

import Serialisation

/// The data of a stored frame: chunks of the content as it is, and their checksum.
package enum StoredContent {
  private static let pieceSize = 1 << 16
  private static let greatestChunkCode: UInt8 = 30

  /// Reads the data of a stored frame, whose header the reader has passed.
  ///
  /// - Parameter sink: Takes the content, in pieces of at most 2^16 bytes, before its checksum is known.
  /// - Throws: ``FormatError`` if the data is truncated or corrupt, and what `sink` throws.
  package static func read(
    _ reader: inout ByteReader, to sink: ([UInt8]) throws -> Void
  ) throws {
    var checksum = Checksum()
    func chunk(_ size: Int) throws {
      try pass(size, of: &reader) { piece in
        checksum.update(piece)
        try sink(piece)
      }
    }
    while case let code = try reader.byte(), code > 0 {
      guard code <= greatestChunkCode else { throw FormatError.corruptContent }
      try chunk(1 << Int(code))
    }
    try chunk(reader.varint(limit: FrameHeader.greatestContent))
    guard try reader.uint32() == checksum.value else { throw FormatError.corruptContent }
  }

  /// Passes over the data of a stored frame, without looking at its checksum.
  ///
  /// - Returns: The bytes that the data has, and those of the content.
  /// - Throws: ``FormatError`` if the data is truncated or its form is wrong.
  package static func pass(_ reader: inout ByteReader) throws -> (data: Int, content: Int) {
    // The end of the chunks, and the checksum.
    var (data, content) = (1 + 4, 0)
    while case let code = try reader.byte(), code > 0 {
      guard code <= greatestChunkCode else { throw FormatError.corruptContent }
      try reader.pass(count: 1 << Int(code))
      content += 1 << Int(code)
      data += 1 + 1 << Int(code)
    }
    let last = try reader.varint(limit: FrameHeader.greatestContent)
    var length = ByteWriter()
    length.appendVarint(last)
    try reader.pass(count: last + 4)
    return (data + length.bytes.count + last, content + last)
  }

  /// Reads `size` bytes in pieces of at most 2^16.
  ///
  /// - Throws: ``FormatError`` if there are fewer, and what `sink` throws.
  package static func pass(
    _ size: Int, of reader: inout ByteReader, to sink: ([UInt8]) throws -> Void = { _ in }
  ) throws {
    var left = size
    while left > 0 {
      let piece = try reader.bytes(count: min(left, pieceSize))
      try sink(piece)
      left -= piece.count
    }
  }
}
