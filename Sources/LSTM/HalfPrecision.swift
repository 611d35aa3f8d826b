// SPDX-License-Identifier: Apache-2.0

/// IEEE binary16, in which trained weights are stored: by integers, the same on every machine.
enum HalfPrecision {
  /// The value of a bit pattern, exactly; infinities and NaNs, which no encoder writes, as numbers
  /// beyond the others.
  static func float(_ bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let rest = UInt32(bits & 0x7FFF)
    if rest < 0x400 {
      // 2^-24 is the unit of the subnormal numbers.
      let value = Float(rest) * 0x1p-24
      return sign == 0 ? value : -value
    }
    return Float(bitPattern: sign | (rest << 13 + 112 << 23))
  }

  /// The bit pattern of the nearest value, of two the even one; beyond the greatest the greatest.
  static func bits(_ value: Float) -> UInt16 {
    let sign = UInt16(truncatingIfNeeded: value.bitPattern >> 16) & 0x8000
    let size = min(value.magnitude, 65504)
    if size < 0x1p-14 {
      return sign | UInt16((size * 0x1p24).rounded(.toNearestOrEven))
    }
    let pattern = size.bitPattern - 112 << 23
    let rounded = (pattern + 0xFFF + (pattern >> 13 & 1)) >> 13
    return sign | UInt16(truncatingIfNeeded: rounded)
  }
}
