// SPDX-License-Identifier: Apache-2.0

/// A part of the optimiser's step that depends on no other.
enum OptimiserStep {
  /// The embedding rows that a window used in a layer.
  case embeddings(layer: Int)
  /// The n-gram rows that a window used.
  case ngrams
  /// A layer's gain and bias.
  case vectors(layer: Int)
  /// Rows `first ..< first + count` of a layer's recurrent weights.
  case recurrent(layer: Int, first: Int, count: Int)
  /// The same of its weights from the layer below.
  case lower(layer: Int, first: Int, count: Int)
  /// The same of the output weights, whose last row is the bias.
  case output(first: Int, count: Int)

  /// Rows of a block: those of a scale, whose gradient fits the cache.
  static let rows = ParameterLayout.Quantised.scaledRows

  /// All steps of a network, the longest first.
  static func all(
    _ configuration: NetworkConfiguration, _ layout: ParameterLayout, learnsNgrams: Bool
  ) -> [Self] {
    var steps: [Self] = []
    func addBlocks(_ tensor: ParameterLayout.Tensor, _ step: (_ first: Int, _ count: Int) -> Self) {
      for first in stride(from: 0, to: tensor.rows, by: rows) {
        steps.append(step(first, min(rows, tensor.rows - first)))
      }
    }
    for layer in 0..<configuration.layers { steps.append(.embeddings(layer: layer)) }
    if learnsNgrams { steps.append(.ngrams) }
    for (index, layer) in layout.layers.enumerated() {
      addBlocks(layer.recurrent) { .recurrent(layer: index, first: $0, count: $1) }
      addBlocks(layer.lower) { .lower(layer: index, first: $0, count: $1) }
    }
    addBlocks(layout.output) { .output(first: $0, count: $1) }
    for layer in 0..<configuration.layers { steps.append(.vectors(layer: layer)) }
    return steps
  }
}
