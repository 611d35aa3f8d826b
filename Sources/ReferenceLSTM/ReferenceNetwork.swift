// SPDX-License-Identifier: Apache-2.0

/// The network, written as its definition: one operation after the other.
///
/// This file has the prediction, `ReferenceNetwork+Gradient.swift` backpropagation through time;
/// `ReferenceLearner` puts them together. Shapes stand beside the values.
package struct ReferenceNetwork<Scalar: ReferenceScalar> {
  package typealias Dense = ReferenceParameters<Scalar>
  package typealias Row = ReferenceRow<Scalar>

  package let configuration: ReferenceConfiguration
  package var dense: Dense { didSet { factors = Factors(dense) } }
  private var factors: Factors
  package var byteEmbeddings: [[Row]]  // (layers, 256)
  package var contextRows: [Row]  // (2^contextRowBits)
  package var ngramRows: [Row]  // (rows of the n-gram table)

  /// The dense matrices as products read them.
  private struct Factors {
    let recurrent: [Scalar.Factor]  // (layers)
    let lower: [Scalar.Factor]  // (layers)
    let output: Scalar.Factor

    init(_ dense: Dense) {
      recurrent = dense.layers.map { Scalar.factor($0.recurrent) }
      lower = dense.layers.map { Scalar.factor($0.lower) }
      output = Scalar.factor(dense.output)
    }
  }

  init(
    _ configuration: ReferenceConfiguration, dense: Dense, byteEmbeddings: [[Row]],
    contextRows: [Row], ngramRows: [Row]
  ) {
    (self.configuration, self.dense, factors) = (configuration, dense, Factors(dense))
    self.byteEmbeddings = byteEmbeddings
    (self.contextRows, self.ngramRows) = (contextRows, ngramRows)
  }

  /// Outputs and cells of a lane, between two steps.
  package struct State {
    package var hidden: [[Scalar]]  // (layers, cells)
    package var cell: [[Scalar]]  // (layers, cells)

    package static func zeros(_ configuration: ReferenceConfiguration) -> State {
      let zeros = [Scalar](repeating: 0, count: configuration.cells)
      let layers = [[Scalar]](repeating: zeros, count: configuration.layers)
      return State(hidden: layers, cell: layers)
    }
  }

  /// A step of one lane: what it was given, what it computed, and the byte that came.
  package struct Step {
    package var input: UInt8
    package var contextRows: [Int]  // (contexts)
    package var ngramRows: [Int]  // (ngrams), -1 for an n-gram without a row
    var features: [Scalar]  // (features): the numbers of the n-grams' rows
    var before: State
    var layers: [ReferenceKernels.CellStep<Scalar>] = []  // (layers)
    package var probabilities: [Scalar] = []  // (256)
    package var target: UInt8 = 0

    package var after: State { State(hidden: layers.map(\.hidden), cell: layers.map(\.cell)) }
    /// What the output weights multiply.
    var outputs: [Scalar] { layers.flatMap(\.hidden) + [1] }  // (allCells + 1)
  }

  /// Predicts the byte that follows `input`, from the rows of its contexts and n-grams.
  package func forward(
    from before: State, input: UInt8, contextRows rows: [Int], ngramRows ngrams: [Int]
  ) -> Step {
    let zeros = [Scalar](repeating: 0, count: configuration.ngramWidth)
    var step = Step(
      input: input, contextRows: rows, ngramRows: ngrams,
      features: ngrams.flatMap { $0 < 0 ? zeros : ngramRows[$0].values }, before: before)
    for (l, layer) in dense.layers.enumerated() {
      // The pre-activations of the layer's gates.
      var z = Scalar.product(before.hidden[l], factors.recurrent[l], greatest: 1, addedTo: nil)
      if l > 0 {
        z = Scalar.product(step.layers[l - 1].hidden, factors.lower[l], greatest: 1, addedTo: z)
      } else if !step.features.isEmpty {
        z = Scalar.product(step.features, factors.lower[l], greatest: nil, addedTo: z)
      }
      let contexts = l == 0 ? rows.map { contextRows[$0].values } : []
      ReferenceKernels.addRows([byteEmbeddings[l][Int(input)].values] + contexts, &z)
      step.layers.append(
        ReferenceKernels.cellForward(
          cells: configuration.cells, gates: configuration.gates, z, gain: layer.gain,
          bias: layer.bias, previousCell: before.cell[l]))
    }
    step.probabilities = ReferenceKernels.softmax(
      Scalar.product(step.outputs, factors.output, greatest: 1, addedTo: nil))
    return step
  }
}
