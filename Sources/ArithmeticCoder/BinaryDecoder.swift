// SPDX-License-Identifier: Apache-2.0

/// A binary range decoder: the inverse of ``BinaryEncoder``.
///
/// It reads a message of known extent. Past its last byte the decoder may see eight bytes of zeros,
/// those that its 64-bit window holds while it decodes the last bits of a whole message; one more
/// is an error, so that a damaged message cannot be decoded for ever.
public struct BinaryDecoder {
  @usableFromInline let bytes: ArraySlice<UInt8>
  /// The index of the next byte to enter the window; beyond `bytes.endIndex` for implied zeros.
  @usableFromInline var position: Int
  /// The lower end of the interval, modulo 2⁶⁴: only ``finish()`` needs it.
  @usableFromInline var low: UInt64 = 0
  @usableFromInline var range: UInt64 = .max
  /// The distance from the interval's lower end to the message's point.
  @usableFromInline var offset: UInt64 = 0

  /// Creates a decoder of the message that `bytes` hold.
  public init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
    for _ in 0..<8 { shiftInByte() }
  }

  /// Creates a decoder of the message that `bytes` hold.
  public init(_ bytes: [UInt8]) {
    self.init(bytes[...])
  }

  /// Decodes one bit.
  ///
  /// - Parameter probability: The probability that the bit is true, in units of 2⁻³², the same that
  ///   the encoder was given.
  /// - Throws: ``ArithmeticCoderError/pastEnd`` when the message ended before this bit.
  /// - Complexity: O(1) amortised.
  @inlinable
  @inline(__always)
  public mutating func decode(probability: UInt32) throws(ArithmeticCoderError) -> Bool {
    let bound = (range >> 32) &* UInt64(max(probability, 1))
    let bit = offset < bound
    if bit {
      range = bound
    } else {
      low &+= bound
      offset &-= bound
      range &-= bound
    }
    while range < 1 << 56 {
      low <<= 8
      range <<= 8
      guard position < bytes.endIndex + 8 else { throw .pastEnd }
      shiftInByte()
    }
    return bit
  }

  /// Checks, after the last bit, that the message ends as the encoder ends it.
  ///
  /// There is one ending for each message, so that no two sequences of bytes decode to the same bits.
  ///
  /// - Throws: ``ArithmeticCoderError/wrongEnd`` when bytes are left over or differ from the
  ///   encoder's.
  public func finish() throws(ArithmeticCoderError) {
    let point = BinaryEncoder.terminationPoint(low: low).point
    let consumed = position - 8 + (point == 0 ? 0 : 1)
    guard offset == point &- low, consumed == bytes.endIndex else { throw .wrongEnd }
  }

  @usableFromInline
  mutating func shiftInByte() {
    let byte = position < bytes.endIndex ? bytes[position] : 0
    offset = offset << 8 | UInt64(byte)
    position += 1
  }
}
