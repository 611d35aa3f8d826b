// SPDX-License-Identifier: Apache-2.0

import Platform

/// Trained weights in 8 bits each: blocks of 64 share a scale, in binary16.
///
/// A weight is its integer times its block's scale.
package struct RoundedWeights: Sendable {
  /// The integers.
  package let values: ConstantBuffer<Int8>
  /// The scales, as binary16.
  package let scales: ConstantBuffer<UInt16>

  /// Weights that share a scale; the last block may have fewer.
  package static let blockLength = 64

  /// Blocks of so many weights.
  package static func blocks(of count: Int) -> Int { (count + blockLength - 1) / blockLength }

  /// Takes integers and as many scales as they have blocks.
  ///
  /// - Throws: ``ConfigurationError`` if the numbers of elements do not fit together.
  package init(
    values: ConstantBuffer<Int8>, scales: ConstantBuffer<UInt16>
  ) throws(ConfigurationError) {
    guard scales.count == Self.blocks(of: values.count) else {
      throw ConfigurationError(message: "a trained network's parts do not fit together")
    }
    self.values = values
    self.scales = scales
  }

  /// Rounds weights to the nearest; rounding again changes nothing.
  package init(_ weights: [Float]) {
    var values: [Int8] = []
    var scales: [UInt16] = []
    values.reserveCapacity(weights.count)
    for start in stride(from: 0, to: weights.count, by: Self.blockLength) {
      let block = weights[start..<min(start + Self.blockLength, weights.count)]
      let greatest = block.reduce(0) { max($0, $1.magnitude) }
      let bits = HalfPrecision.bits(greatest / 127)
      let scale = HalfPrecision.float(bits)
      scales.append(bits)
      for weight in block {
        // A weight of a diverged training may be NaN: it becomes 127.
        let quotient = scale == 0 ? 0 : max(-127, min(127, weight / scale))
        values.append(Int8(quotient.rounded(.toNearestOrEven)))
      }
    }
    self.values = ConstantBuffer(values)
    self.scales = ConstantBuffer(scales)
  }

  /// Number of weights.
  package var count: Int { values.count }

  /// The weight with the given place.
  package subscript(index: Int) -> Float {
    Float(values.pointer[index])
      * HalfPrecision.float(scales.pointer[index / Self.blockLength])
  }

  /// Writes all weights to memory for as many.
  func fill(_ floats: UnsafeMutablePointer<Float>) {
    for index in 0..<count { floats[index] = self[index] }
  }
}
