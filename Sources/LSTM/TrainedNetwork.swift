// SPDX-License-Identifier: Apache-2.0

/// What a training left of a network: where learning starts, instead of random weights.
///
/// Weights are in 8 bits, the n-gram table in 4. There is no state of any content, and of the
/// optimiser's moments only the mean of each tensor.
package struct TrainedNetwork: Sendable {
  /// Layers.
  package let layers: Int
  /// Memory cells of a layer.
  package let cells: Int
  /// N-gram embeddings of a byte.
  package let ngrams: Int
  /// The dense parameters in the order of their layout.
  package let parameters: RoundedWeights
  /// The byte embeddings layer by layer.
  package let byteEmbeddings: RoundedWeights
  /// The mean second moment of a tensor's gradient, in the order of the layout, as in windows of
  /// ``momentRows`` rows; then that of each layer's byte embeddings.
  package let secondMoments: [Float]
  /// Rows of the windows that the second moments are of.
  package static let momentRows: Float = 512

  /// Puts together what a model file holds.
  ///
  /// - Throws: ``ConfigurationError`` if the parts do not fit together.
  package init(
    layers: Int, cells: Int, ngrams: Int, ngramWidth: Int, parameters: RoundedWeights,
    byteEmbeddings: RoundedWeights, secondMoments: [Float]
  ) throws(ConfigurationError) {
    self.layers = layers
    self.cells = cells
    self.ngrams = ngrams
    self.parameters = parameters
    self.byteEmbeddings = byteEmbeddings
    self.secondMoments = secondMoments
    let sizes = try Self.sizes(layers: layers, cells: cells, ngrams: ngrams, width: ngramWidth)
    guard
      parameters.count == sizes.parameters, byteEmbeddings.count == sizes.byteEmbeddings,
      secondMoments.count == sizes.secondMoments
    else { throw ConfigurationError(message: "a trained network's parts do not fit together") }
  }

  /// The numbers of elements of the parts of a network of the given shape.
  ///
  /// - Throws: ``ConfigurationError`` if there is no such network.
  package static func sizes(
    layers: Int, cells: Int, ngrams: Int, width: Int
  ) throws(ConfigurationError) -> (parameters: Int, byteEmbeddings: Int, secondMoments: Int) {
    var configuration = NetworkConfiguration()
    configuration.layers = layers
    configuration.cells = cells
    configuration.ngrams = ngrams
    configuration.ngramWidth = width
    try configuration.validate()
    let layout = ParameterLayout(configuration)
    return (
      layout.count, layers * 256 * configuration.gateWidth, layout.tensors.count + layers
    )
  }

  /// The configuration of a network that starts with these weights.
  package func configuration(ngramWidth: Int) -> NetworkConfiguration {
    var configuration = NetworkConfiguration()
    configuration.layers = layers
    configuration.cells = cells
    configuration.ngrams = ngrams
    configuration.ngramWidth = ngramWidth
    return configuration
  }
}

extension Network {
  /// What the network has learned, rounded; after ``synchronise()``.
  package var prior: TrainedNetwork {
    get throws(ConfigurationError) {
      let moments = learner.secondMoments.pointer
      let scale =
        TrainedNetwork.momentRows / Float(schedule.window * lanes)
        / (1 - schedule.secondMomentShare)
      let means =
        layout.tensors.map { tensor in
          mean(moments + tensor.offset, tensor.count) * scale
        }
        + byteEmbeddings.map { pool in
          (0..<256).map { pool.secondMoment(ofRow: $0).pointee }.reduce(0, +) / 256
        }
      return try TrainedNetwork(
        layers: configuration.layers, cells: configuration.cells, ngrams: configuration.ngrams,
        ngramWidth: configuration.ngramWidth,
        parameters: RoundedWeights(Array(parameters.values)),
        byteEmbeddings: RoundedWeights(
          byteEmbeddings.flatMap { pool in (0..<pool.count).flatMap { pool.values(ofRow: $0) } }),
        secondMoments: means)
    }
  }

  /// The n-gram table that the network uses or has learned, rounded.
  package var ngramTable: NgramTable? { ngrams?.frozen }

  /// Starts with trained weights; in a network of their shape that has seen nothing.
  ///
  /// - Parameter windowRows: The second moments start as if training had seen windows of so many rows; by
  ///   default, windows as small as coding begins with.
  package func start(from prior: TrainedNetwork, windowRows: Int? = nil) {
    precondition(
      prior.parameters.count == parameters.count && byteCount == 0, "a network of another shape")
    prior.parameters.fill(parameters.pointer)
    let rows = windowRows ?? LearningSchedule.shortestWindow
    for (tensor, moment) in zip(layout.tensors, prior.secondMoments) {
      (learner.secondMoments.pointer + tensor.offset).update(
        repeating: moment * (Float(rows) / TrainedNetwork.momentRows), count: tensor.count)
    }
    var position = 0
    for (layer, pool) in byteEmbeddings.enumerated() {
      let moment = prior.secondMoments[layout.tensors.count + layer]
      for row in 0..<pool.count {
        for index in 0..<pool.width {
          pool.elements(ofRow: row)[index] = prior.byteEmbeddings[position]
          position += 1
        }
        pool.secondMoment(ofRow: row).pointee = moment
      }
    }
    schedule.startTrained()
    parametersChanged()
  }

  private func mean(_ values: UnsafePointer<Float>, _ count: Int) -> Float {
    var sum = 0.0
    for index in 0..<count { sum += Double(values[index]) }
    return count == 0 ? 0 : Float(sum / Double(count))
  }
}
