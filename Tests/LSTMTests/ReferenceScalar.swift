import Foundation
import ReferenceKernels

/// A floating-point type with the network's activation functions.
///
/// `Float` has those of the archive format, operation for operation; `Double` has the exact ones.
protocol ReferenceScalar: BinaryFloatingPoint, ExpressibleByFloatLiteral {
  static func exponential(_ x: Self) -> Self
  static func hyperbolicTangent(_ x: Self) -> Self
  static func sigmoid(_ x: Self) -> Self
  /// A weight as matrix products read it.
  static func roundedWeight(_ x: Self) -> Self
}

extension Double: ReferenceScalar {
  static func exponential(_ x: Double) -> Double { exp(x) }
  static func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }
  static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
  static func roundedWeight(_ x: Double) -> Double { x }
  static func logarithm(_ x: Double) -> Double { log(x) }
}

extension Float: ReferenceScalar {
  static func exponential(_ x: Float) -> Float { ReferenceKernels.exponential(x) }
  static func hyperbolicTangent(_ x: Float) -> Float { ReferenceKernels.tanh(x) }
  static func sigmoid(_ x: Float) -> Float { ReferenceKernels.sigmoid(x) }
  static func roundedWeight(_ x: Float) -> Float { ReferenceKernels.bfloat16(x) }
}
