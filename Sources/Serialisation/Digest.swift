// SPDX-License-Identifier: Apache-2.0

import CZlib

/// The name of a model: zlib's CRC-32 and Adler-32 of its file, 16 hexadecimal digits.
///
/// Against mistakes, not against forgery: an archive's own checksum says whether its content is right.
package struct Digest: Hashable, Sendable, CustomStringConvertible {
  /// The CRC-32 in the upper half, the Adler-32 in the lower.
  package let value: UInt64

  /// Makes a digest from its value.
  package init(value: UInt64) {
    self.value = value
  }

  /// The digest of bytes.
  ///
  /// - Complexity: O(`bytes.count`).
  package init(of bytes: UnsafeRawBufferPointer) {
    let buffer = bytes.bindMemory(to: UInt8.self)
    let high = UInt64(crc32_z(0, buffer.baseAddress, buffer.count))
    let low = UInt64(adler32_z(1, buffer.baseAddress, buffer.count))
    value = high << 32 | low
  }

  /// The digest of bytes.
  ///
  /// - Complexity: O(`bytes.count`).
  package init(of bytes: [UInt8]) {
    self = bytes.withUnsafeBytes { Digest(of: $0) }
  }

  /// The hexadecimal digits.
  package var description: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
