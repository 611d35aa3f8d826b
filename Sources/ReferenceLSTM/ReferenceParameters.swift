// SPDX-License-Identifier: Apache-2.0

/// The dense tensors, or something of each of their elements: a gradient, a second moment.
package struct ReferenceParameters<Scalar: ReferenceScalar> {
  package struct Layer {
    package var recurrent: [[Scalar]]  // (cells, gateWidth): from the layer's outputs before
    package var lower: [[Scalar]]  // (cells, gateWidth): from the layer below; in the first layer
    //                                (features, gateWidth): from the n-grams
    package var gain: [Scalar]  // (gateWidth)
    package var bias: [Scalar]  // (gateWidth)
  }

  package var layers: [Layer]
  package var output: [[Scalar]]  // (allCells + 1, 256): the last row is the bias

  /// All tensors as matrices, in the order of a model file.
  package var tensors: [[[Scalar]]] {
    get { layers.flatMap { [$0.recurrent, $0.lower, [$0.gain], [$0.bias]] } + [output] }
    set {
      for l in layers.indices {
        layers[l] = Layer(
          recurrent: newValue[4 * l], lower: newValue[4 * l + 1], gain: newValue[4 * l + 2][0],
          bias: newValue[4 * l + 3][0])
      }
      output = newValue[4 * layers.count]
    }
  }
}

/// A row of embeddings, which learns as a whole.
package struct ReferenceRow<Scalar: ReferenceScalar> {
  package var values: [Scalar]  // (gateWidth), of an n-gram (ngramWidth)
  package var secondMoment: Scalar = 0
}

extension ReferenceNetwork {
  /// A network with its initial weights, drawn in the order of `docs/NUMERICS.md`, section 3.
  package init(
    _ configuration: ReferenceConfiguration, ngramRows: [[Scalar]] = [], seed: UInt64 = 0x1234567
  ) {
    var random = SplitMix64(state: seed)
    func draw(_ rows: Int, _ columns: Int, bound: Float) -> [[Scalar]] {
      (0..<rows).map { _ in (0..<columns).map { _ in Scalar(random.uniform(bound: bound)) } }
    }
    func constant(_ value: Scalar, _ count: Int) -> [Scalar] {
      [Scalar](repeating: value, count: count)
    }
    let (cells, width) = (configuration.cells, configuration.gateWidth)
    let byteEmbeddings = (0..<configuration.layers).map { _ in
      draw(256, width, bound: 0.3).map { Row(values: $0) }
    }
    let layers = (0..<configuration.layers).map { layer in
      let rows = layer == 0 ? configuration.features : cells
      return Dense.Layer(
        recurrent: (0..<cells).map { _ in constant(0, width) },
        lower: draw(rows, width, bound: (6 / Float(rows + cells)).squareRoot()),
        gain: constant(1, width), bias: constant(0, width))
    }
    let allCells = configuration.allCells
    let output = draw(allCells, 256, bound: (6 / Float(allCells + 256)).squareRoot())
    let zeros = Row(values: constant(0, width))
    self.init(
      configuration, dense: Dense(layers: layers, output: output + [constant(0, 256)]),
      byteEmbeddings: byteEmbeddings,
      contextRows: [Row](repeating: zeros, count: 1 << configuration.contextRowBits),
      ngramRows: ngramRows.map { Row(values: $0) })
  }
}

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
package struct SplitMix64 {
  private var state: UInt64

  package init(state: UInt64) { self.state = state }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  /// Uniform in [-`bound`, `bound`): from the highest 24 bits.
  package mutating func uniform(bound: Float) -> Float {
    (Float(next() >> 40) - 0x1p23) / 0x1p23 * bound
  }
}
