// SPDX-License-Identifier: Apache-2.0

/// The weights that learning starts from.
extension Network {
  /// Bound of the uniform initial byte embeddings.
  static let byteEmbeddingBound: Float = 0.3

  /// Sets the gains to 1 and draws the other weights that must differ from each other; all the rest
  /// stays zero, the recurrent weights too.
  ///
  /// The order of the draws is part of the format: the byte embeddings layer by layer, then each
  /// layer's weights from the one below, then the output weights. The latter two are uniform as
  /// Glorot and Bengio propose ("Understanding the difficulty of training deep feedforward neural
  /// networks", 2010, equation 16).
  func initialiseParameters(seed: UInt64) {
    var generator = RandomGenerator(seed: seed)
    for rows in byteEmbeddings {
      for index in 0..<rows.count * rows.width {
        rows.values.pointer[index] = generator.uniform(bound: Self.byteEmbeddingBound)
      }
    }
    let cells = configuration.cells
    for layer in layout.layers {
      (parameters.pointer + layer.gain.offset).update(repeating: 1, count: layer.gain.count)
      let bound = (6 / Float(layer.lower.rows + cells)).squareRoot()
      for index in 0..<layer.lower.count {
        parameters.pointer[layer.lower.offset + index] = generator.uniform(bound: bound)
      }
    }
    let bound = (6 / Float(configuration.allCells + 256)).squareRoot()
    for index in 0..<configuration.allCells * 256 {
      parameters.pointer[layout.output.offset + index] = generator.uniform(bound: bound)
    }
    parametersChanged()
  }
}
