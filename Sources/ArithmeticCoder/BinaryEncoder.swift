// SPDX-License-Identifier: Apache-2.0

/// A binary range encoder: turns bits and their probabilities into bytes.
///
/// The encoder keeps the interval `[low, low + range)` of the unit interval that belongs to the
/// bits seen so far, as 64-bit integers, and narrows it with each bit. Whenever the interval is
/// short enough its leading byte is written; a later carry is added to the bytes written before.
/// `range` stays above 2⁵⁶ while a bit is coded, so that a probability of 32 bits loses less than
/// 2⁻²⁴ of its interval to rounding, about 10⁻⁷ bits.
///
/// The method is Martin's range encoder (G. N. N. Martin, "Range encoding: an algorithm for
/// removing redundancy from a digitised message", 1979) for an alphabet of two symbols.
public struct BinaryEncoder {
  @usableFromInline var low: UInt64 = 0
  @usableFromInline var range: UInt64 = .max
  @usableFromInline var bytes: [UInt8] = []

  /// Creates an encoder that has written nothing.
  public init() {}

  /// The number of bytes written so far, at most 1 less than ``finish()`` will return.
  public var count: Int { bytes.count }

  /// Encodes one bit.
  ///
  /// - Parameters:
  ///   - bit: The bit.
  ///   - probability: The probability that `bit` is true, in units of 2⁻³², from 1 to 2³² - 1.
  /// - Complexity: O(1) amortised.
  @inlinable
  @inline(__always)
  public mutating func encode(_ bit: Bool, probability: UInt32) {
    let bound = (range >> 32) &* UInt64(max(probability, 1))
    if bit {
      range = bound
    } else {
      let (sum, carry) = low.addingReportingOverflow(bound)
      low = sum
      range &-= bound
      if carry { propagateCarry() }
    }
    while range < 1 << 56 {
      bytes.append(UInt8(truncatingIfNeeded: low >> 56))
      low <<= 8
      range <<= 8
    }
  }

  /// Ends the message and returns its bytes.
  ///
  /// One byte at most is needed to name a point of the last interval, because the interval is
  /// longer than 2⁵⁶; none is needed when the point is zero, which is what the decoder reads past
  /// the end.
  public consuming func finish() -> [UInt8] {
    let (point, carry) = BinaryEncoder.terminationPoint(low: low)
    if carry { propagateCarry() }
    if point != 0 { bytes.append(UInt8(truncatingIfNeeded: point >> 56)) }
    return bytes
  }

  /// The multiple of 2⁵⁶ that is next to or at `low`, modulo 2⁶⁴, and whether it reached 2⁶⁴.
  static func terminationPoint(low: UInt64) -> (point: UInt64, carry: Bool) {
    let mask: UInt64 = (1 << 56) - 1
    let (sum, carry) = low.addingReportingOverflow(mask)
    return (sum & ~mask, carry)
  }

  @usableFromInline
  mutating func propagateCarry() {
    var index = bytes.count - 1
    while bytes[index] == 0xFF {
      bytes[index] = 0
      index -= 1
    }
    bytes[index] += 1
  }
}
