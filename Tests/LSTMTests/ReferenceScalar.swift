import Foundation
import ReferenceKernels

/// A floating-point type with the network's activation functions.
///
/// `Float` has those of the archive format, operation for operation; `Double` has the exact ones.
protocol ReferenceScalar: BinaryFloatingPoint, ExpressibleByFloatLiteral {
  static func exponential(_ x: Self) -> Self
  static func hyperbolicTangent(_ x: Self) -> Self
  static func sigmoid(_ x: Self) -> Self
  /// The product of a row, whose greatest absolute value is known or nil, with a matrix in 8
  /// bits, added to `start`.
  static func product(_ a: [Self], _ matrix: [[Self]], greatest: Self?, addedTo start: [Self]?)
    -> [Self]
}

extension Double: ReferenceScalar {
  static func exponential(_ x: Double) -> Double { exp(x) }
  static func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }
  static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
  static func product(
    _ a: [Double], _ matrix: [[Double]], greatest: Double?, addedTo start: [Double]?
  ) -> [Double] {
    var result = start ?? (matrix.first ?? []).map { _ in 0 }
    for (factor, row) in zip(a, matrix) { result = zip(result, row).map { $0 + factor * $1 } }
    return result
  }
  static func logarithm(_ x: Double) -> Double { log(x) }
}

extension Float: ReferenceScalar {
  static func exponential(_ x: Float) -> Float { ReferenceKernels.exponential(x) }
  static func hyperbolicTangent(_ x: Float) -> Float { ReferenceKernels.tanh(x) }
  static func sigmoid(_ x: Float) -> Float { ReferenceKernels.sigmoid(x) }
  static func product(
    _ a: [Float], _ matrix: [[Float]], greatest: Float?, addedTo start: [Float]?
  ) -> [Float] {
    ReferenceKernels.quantisedProduct(
      ReferenceKernels.quantise(a, limit: 63, greatest: greatest), matrix, addedTo: start)
  }
}
