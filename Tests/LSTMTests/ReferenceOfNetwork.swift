// SPDX-License-Identifier: Apache-2.0

import Platform
import ReferenceLSTM

@testable import LSTM

extension ReferenceConfiguration {
  /// The same network's.
  init(_ configuration: NetworkConfiguration) {
    self.init()
    layers = configuration.layers
    cells = configuration.cells
    gates = configuration.hasCoupledGates ? 3 : 4
    contexts = configuration.contexts
    contextRowBits = configuration.embeddingRowBits
    ngrams = configuration.ngrams
    ngramWidth = configuration.ngramWidth
    lanes = configuration.lanes
    longestWindow = configuration.longestWindow
    learningRate = configuration.learningRate
    contextLearningRate = configuration.contextLearningRate
  }
}

extension ReferenceNgrams {
  /// The same rows.
  init(_ source: NgramSource, width: Int) {
    switch source {
    case .table(let table):
      self.init(
        rowBits: table.index.rowBits, checks: Array(table.index.checks.values), width: width,
        pairs: Array(table.values.values), rowScales: Array(table.rowScales.values),
        scale: table.scale)
    case .learned(let index):
      self.init(rowBits: index.rowBits, checks: Array(index.checks.values), width: width)
    }
  }
}

extension ReferenceLearner {
  /// A network of the same configuration that has seen nothing; its weights are the reference's own.
  init(_ configuration: NetworkConfiguration, ngrams source: NgramSource? = nil) {
    self.init(
      ReferenceConfiguration(configuration),
      ngrams: source.map { ReferenceNgrams($0, width: configuration.ngramWidth) })
  }

  mutating func start(from prior: TrainedNetwork) {
    start(
      dense: prior.parameters.referenceValues, byteEmbeddings: prior.byteEmbeddings.referenceValues,
      secondMoments: prior.secondMoments)
  }
}

extension RoundedWeights {
  /// The weights by the reference.
  var referenceValues: [Float] {
    ReferenceLearner.weights(Array(values.values), scales: Array(scales.values))
  }
}
