// SPDX-License-Identifier: Apache-2.0

/// The optimiser's steps: `docs/NUMERICS.md`, section 3, "The new values".
extension ReferenceKernels {
  /// Adam without momentum, for weights (n) that have a second moment each.
  package static func optimiserStep(
    _ weights: inout [Float], _ gradient: [Float], _ secondMoments: inout [Float],
    rate: Float, beta2: Float, epsilon: Float
  ) {
    for i in weights.indices {
      let g = gradient[i]
      secondMoments[i] = ((1 - beta2) * (g * g)).addingProduct(beta2, secondMoments[i])
      let root = inverseRoot(secondMoments[i] + epsilon * epsilon)
      weights[i] = weights[i].addingProduct(-rate * g, root)
    }
  }

  /// About one over the root of a number.
  private static func inverseRoot(_ x: Float) -> Float {
    var y = Float(bitPattern: 0x5F37_5A86 - (x.bitPattern >> 1))
    for _ in 0..<2 { y *= Float(1.5).addingProduct(-0.5 * x, y * y) }
    return y
  }

  /// The same for an embedding row (n), which has one second moment.
  package static func rowStep(
    _ row: inout [Float], _ gradient: [Float], meanSquare: Float, _ secondMoment: inout Float,
    rate: Float, beta2: Float, epsilon: Float
  ) {
    secondMoment = ((1 - beta2) * meanSquare).addingProduct(beta2, secondMoment)
    let factor = -rate / (secondMoment.squareRoot() + epsilon)
    for i in row.indices { row[i] = row[i].addingProduct(factor, gradient[i]) }
  }
}
