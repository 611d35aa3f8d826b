// SPDX-License-Identifier: Apache-2.0

import CZlib

/// A running CRC-32 (the one of zlib, gzip and PNG), computed by zlib.
package struct Checksum {
  /// The checksum of all bytes so far.
  package private(set) var value: UInt32 = 0

  /// Makes the checksum of no bytes.
  package init() {}

  /// Takes in more bytes.
  package mutating func update(_ bytes: some Sequence<UInt8>) {
    let updated = bytes.withContiguousStorageIfAvailable { buffer in
      UInt32(truncatingIfNeeded: crc32_z(uLong(value), buffer.baseAddress, buffer.count))
    }
    // zlib takes a missing buffer as the wish for the initial value: an empty one changes nothing.
    guard let updated else {
      Array(bytes).withUnsafeBufferPointer { update($0) }
      return
    }
    value = bytes.underestimatedCount == 0 ? value : updated
  }

  /// The checksum of the given bytes.
  package static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var checksum = Checksum()
    checksum.update(bytes)
    return checksum.value
  }
}
