// SPDX-License-Identifier: Apache-2.0

/// The functions of `docs/NUMERICS.md`, section 2, and roundings to 16 bits.
extension ReferenceKernels {
  package static func exponential(_ x: Float) -> Float {
    var x = x > -87.33654 ? x : -87.33654
    x = x < 88 ? x : 88
    // x = n ln 2 + r; adding 1.5 * 2^23 rounds to an integer and leaves n in the lowest bits.
    let shifted = Float(12582912).addingProduct(x, 0x1.715476p+0)
    let n = shifted - 12582912
    let r = x.addingProduct(n, -0x1.62e4p-1).addingProduct(n, -0x1.7f7d1cp-20)
    let p = polynomial(
      r,
      [
        0.000197902976651676, 0.0013944703387096524, 0.008333497680723667, 0.04166629537940025,
        0.1666666567325592, 0.5,
      ])
    let power = Float(bitPattern: (shifted.bitPattern << 23) &+ 0x3F80_0000)
    return (r.addingProduct(r * r, p) + 1) * power
  }

  package static func sigmoid(_ x: Float) -> Float { 1 / (1 + exponential(0 - x)) }

  package static func tanh(_ x: Float) -> Float {
    let size = x.magnitude
    let square = x * x
    let p = polynomial(
      square,
      [
        -0.005704987328499556, 0.0206390880048275, -0.05373971536755562, 0.13331441581249237,
        -0.3333328068256378,
      ])
    let small = size.addingProduct(p * square, size)
    let large = 1 - 2 / (exponential(size + size) + 1)
    let result = size < 0.625 ? small : large
    return Float(bitPattern: result.bitPattern | x.bitPattern & 0x8000_0000)
  }

  /// Horner's scheme, the coefficient of the highest power first.
  private static func polynomial(_ x: Float, _ coefficients: [Float]) -> Float {
    coefficients.dropFirst().reduce(coefficients[0]) { $1.addingProduct($0, x) }
  }

  /// The bits of the nearest number of binary16, ties to even.
  package static func half(_ x: Float) -> UInt16 {
    let size = x.magnitude
    let sign: UInt16 = x.sign == .minus ? 0x8000 : 0
    if x.isNaN { return sign | 0x7E00 | UInt16(truncatingIfNeeded: x.bitPattern >> 13) & 0x3FF }
    if x.isInfinite { return sign | 0x7C00 }
    // The unit is 2^-24 for subnormal numbers, and grows with the exponent from 2^-14 on.
    let unit = size < 0x1p-14 ? 0x1p-24 : size.ulp * 0x1p13
    let rounded = (size / unit).rounded(.toNearestOrEven) * unit
    if rounded > 65504 { return sign | 0x7C00 }
    if rounded < 0x1p-14 { return sign | UInt16(rounded * 0x1p24) }
    return sign | UInt16(rounded.exponent + 15) << 10
      | UInt16((rounded.significand - 1) * 1024)
  }

  /// The number of a bit pattern of binary16.
  package static func float(half bits: UInt16) -> Float {
    let exponent = Int(bits >> 10 & 31)
    let fraction = Float(bits & 0x3FF) / 1024
    let size =
      switch exponent {
      case 0: Float(sign: .plus, exponent: -14, significand: fraction)
      case 31: fraction == 0 ? Float.infinity : Float.nan
      default: Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction)
      }
    return bits >> 15 == 1 ? -size : size
  }
}
