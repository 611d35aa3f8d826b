import CZlib

/// The name of a model: zlib's CRC-32 and Adler-32 of its file, 16 hexadecimal digits.
///
/// Against mistakes, not against forgery: an archive's own checksum says whether its content is right.
public struct Digest: Hashable, Sendable, CustomStringConvertible {
  /// The CRC-32 in the upper half, the Adler-32 in the lower.
  public let value: UInt64

  /// Makes a digest from its value.
  public init(value: UInt64) {
    self.value = value
  }

  /// The digest of bytes.
  ///
  /// - Complexity: O(`bytes.count`).
  public init(of bytes: UnsafeBufferPointer<UInt8>) {
    let high = UInt64(crc32_z(0, bytes.baseAddress, bytes.count))
    let low = UInt64(adler32_z(1, bytes.baseAddress, bytes.count))
    value = high << 32 | low
  }

  /// The hexadecimal digits.
  public var description: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
