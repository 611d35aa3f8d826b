// SPDX-License-Identifier: Apache-2.0

extension TrainedNetwork {
  /// The same weights in a network with more cells a layer, which go on from what is known already.
  ///
  /// A new cell is a varied copy of an old one: each of the weights into it is multiplied by a random
  /// number from 0 to 2. The weights out of it are zero, so that it says nothing until it has learned
  /// what to say. After Chen, Goodfellow and Shlens ("Net2Net: accelerating learning via knowledge
  /// transfer", 2016, section 2.2), whose copies are exact and share their outgoing weights.
  ///
  /// - Parameter seed: Decides the random numbers.
  /// - Throws: ``ConfigurationError`` if there is no such network, or it has fewer cells.
  package func grown(
    toCells newCells: Int, ngramWidth: Int, seed: UInt64
  ) throws(ConfigurationError) -> TrainedNetwork {
    guard newCells >= cells else {
      throw ConfigurationError(message: "a network of \(cells) cells cannot get \(newCells)")
    }
    var wider = configuration(ngramWidth: ngramWidth)
    let gates = wider.gates
    let before = ParameterLayout(wider)
    wider.cells = newCells
    try wider.validate()
    let after = ParameterLayout(wider)
    var generator = RandomGenerator(seed: seed)

    /// The row that begins at `start` of weights into all gates.
    func grownRow(_ weights: RoundedWeights, _ start: Int) -> [Float] {
      (0..<gates).flatMap { gate in
        (0..<newCells).map { cell in
          let weight = weights[start + gate * cells + cell % cells]
          return cell < cells ? weight : weight * (1 + generator.uniform(bound: 1))
        }
      }
    }
    var values = [Float](repeating: 0, count: after.count)
    func fill(_ new: ParameterLayout.Tensor, from old: ParameterLayout.Tensor) {
      for row in 0..<old.rows {
        let target = new.offset + row * new.columns
        values.replaceSubrange(
          target..<target + new.columns,
          with: grownRow(parameters, old.offset + row * old.columns))
      }
    }
    for (new, old) in zip(after.layers, before.layers) {
      fill(new.recurrent, from: old.recurrent)
      fill(new.lower, from: old.lower)
      fill(new.gain, from: old.gain)
      fill(new.bias, from: old.bias)
    }
    // The output's rows are the cells of each layer, and the bias.
    for row in 0..<before.output.rows {
      let (layer, cell) = (row / cells, row % cells)
      let target = after.output.offset + (layer * newCells + cell) * 256
      for column in 0..<256 {
        values[target + column] = parameters[before.output.offset + row * 256 + column]
      }
    }
    let rows = (0..<layers * 256).flatMap { grownRow(byteEmbeddings, $0 * gates * cells) }
    return try TrainedNetwork(
      layers: layers, cells: newCells, ngrams: ngrams, ngramWidth: ngramWidth,
      parameters: RoundedWeights(values), byteEmbeddings: RoundedWeights(rows),
      secondMoments: secondMoments)
  }
}
