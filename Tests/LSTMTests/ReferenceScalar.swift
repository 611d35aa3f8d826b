import Foundation

/// A floating-point type with the network's activation functions.
///
/// `Float` has those of the archive format, operation for operation; `Double` has the exact ones.
protocol ReferenceScalar: BinaryFloatingPoint, ExpressibleByFloatLiteral {
  static func exponential(_ x: Self) -> Self
  static func hyperbolicTangent(_ x: Self) -> Self
  static func sigmoid(_ x: Self) -> Self
}

extension Double: ReferenceScalar {
  static func exponential(_ x: Double) -> Double { exp(x) }
  static func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }
  static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
  static func logarithm(_ x: Double) -> Double { log(x) }
}

extension Float: ReferenceScalar {
  static func exponential(_ x: Float) -> Float {
    var x = x > -87.33654 ? x : -87.33654
    x = x < 88 ? x : 88
    let shifted = Float(12582912).addingProduct(x, 0x1.715476p+0)
    let n = shifted - 12582912
    var r = x.addingProduct(n, -0x1.62e4p-1)
    r = r.addingProduct(n, -0x1.7f7d1cp-20)
    let p = polynomial(
      r,
      [
        0.000197902976651676, 0.0013944703387096524, 0.008333497680723667, 0.04166629537940025,
        0.1666666567325592, 0.5,
      ])
    let scale = Float(bitPattern: (shifted.bitPattern << 23) &+ 0x3F80_0000)
    return (r.addingProduct(r * r, p) + 1) * scale
  }

  static func sigmoid(_ x: Float) -> Float {
    1 / (1 + exponential(0 - x))
  }

  static func hyperbolicTangent(_ x: Float) -> Float {
    let size = abs(x)
    if size < 0.625 {
      let square = x * x
      let p = polynomial(
        square,
        [
          -0.005704987328499556, 0.0206390880048275, -0.05373971536755562, 0.13331441581249237,
          -0.3333328068256378,
        ])
      let result = size.addingProduct(p * square, size)
      return x.sign == .minus ? -result : result
    }
    let result = 1 - 2 / (exponential(size + size) + 1)
    return x.sign == .minus ? -result : result
  }

  /// Horner's scheme, the coefficient of the highest power first.
  private static func polynomial(_ x: Float, _ coefficients: [Float]) -> Float {
    coefficients.dropFirst().reduce(coefficients[0]) { $1.addingProduct($0, x) }
  }
}
