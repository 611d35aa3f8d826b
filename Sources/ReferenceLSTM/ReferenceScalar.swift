// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What the network computes with.
///
/// `Float` has the arithmetic of the archive format: its code computes the bits that every decoder
/// must repeat. `Double` has exact products and the system's functions: the same code then has
/// gradients that finite differences can check. Nothing is ever coded with it.
package protocol ReferenceScalar: BinaryFloatingPoint, ExpressibleByFloatLiteral, Sendable {
  static func exponential(_ x: Self) -> Self
  static func sigmoid(_ x: Self) -> Self
  static func hyperbolicTangent(_ x: Self) -> Self
  /// A matrix as products read it: in `Float` quantised.
  associatedtype Factor
  static func factor(_ matrix: [[Self]]) -> Factor
  /// `start`, or zeros, plus the product of `a`, of shape (rows), and a matrix (rows, columns).
  ///
  /// In `Float` `a` is quantised too, by `greatest` or else by its greatest absolute value.
  static func product(_ a: [Self], _ matrix: Factor, greatest: Self?, addedTo start: [Self]?)
    -> [Self]
}

extension Float: ReferenceScalar {
  package static func exponential(_ x: Float) -> Float { ReferenceKernels.exponential(x) }
  package static func sigmoid(_ x: Float) -> Float { ReferenceKernels.sigmoid(x) }
  package static func hyperbolicTangent(_ x: Float) -> Float { ReferenceKernels.tanh(x) }

  package static func factor(_ matrix: [[Float]]) -> [[ReferenceKernels.Quantised]] {
    ReferenceKernels.quantise(columnsOf: matrix)
  }

  package static func product(
    _ a: [Float], _ matrix: [[ReferenceKernels.Quantised]], greatest: Float?,
    addedTo start: [Float]?
  ) -> [Float] {
    ReferenceKernels.quantisedProduct(
      ReferenceKernels.quantise(a, limit: 63, greatest: greatest), matrix, addedTo: start)
  }
}

extension Double: ReferenceScalar {
  package static func exponential(_ x: Double) -> Double { exp(x) }
  package static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
  package static func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }
  package static func logarithm(_ x: Double) -> Double { log(x) }

  package static func factor(_ matrix: [[Double]]) -> [[Double]] { matrix }

  package static func product(
    _ a: [Double], _ matrix: [[Double]], greatest: Double?, addedTo start: [Double]?
  ) -> [Double] {
    var result = start ?? (matrix.first ?? []).map { _ in 0 }
    for (i, row) in matrix.enumerated() {
      for j in result.indices { result[j] += a[i] * row[j] }
    }
    return result
  }
}
