// SPDX-License-Identifier: Apache-2.0

/// Collects the fields of a header, little-endian.
package struct ByteWriter {
  /// What was written.
  package private(set) var bytes: [UInt8] = []

  /// Makes a writer that has written nothing.
  package init() {}

  /// Appends bytes as they are.
  package mutating func append(_ more: some Sequence<UInt8>) {
    bytes.append(contentsOf: more)
  }

  /// Appends a number in as many bytes as its type has.
  package mutating func append(_ value: some FixedWidthInteger & UnsignedInteger) {
    bytes += value.littleEndianBytes
  }

  /// Appends a number in groups of 7 bits, the lowest first; the highest bit says that more follow
  /// (LEB128).
  package mutating func appendVarint(_ value: Int) {
    var rest = UInt64(value)
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
