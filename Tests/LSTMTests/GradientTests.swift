// SPDX-License-Identifier: Apache-2.0

import ReferenceLSTM
import Testing

/// Backpropagation against finite differences, in `Double`.
@Suite struct GradientTests {
  typealias Model = ReferenceNetwork<Double>

  private static let inputs: [UInt8] = [7, 200, 7, 65, 0]
  private static let targets: [UInt8] = [200, 7, 65, 0, 7]
  private static let rows = [[0, 3], [1, 1], [0, 2], [3, 1], [2, 0]]
  private static let ngrams = [[0, -1], [3, 3], [1, 2], [0, 1], [-1, -1]]

  @Test(arguments: [3, 4])
  func everyTensor(gates: Int) {
    let model = Self.randomModel(gates: gates)
    let gradient = model.gradient(of: Self.steps(of: model), lanes: 1)
    for layer in 0..<2 {
      let dense = gradient.dense.layers[layer]
      check("recurrent", model, dense.recurrent) { \.dense.layers[layer].recurrent[$0][$1] }
      check("lower", model, dense.lower) { \.dense.layers[layer].lower[$0][$1] }
      check("gain", model, [dense.gain]) { \.dense.layers[layer].gain[$1] }
      check("bias", model, [dense.bias]) { \.dense.layers[layer].bias[$1] }
      let bytes = Self.sum(
        zip(Self.inputs, gradient.preActivations[layer]).map { (Int($0), $1) }, rows: 256)
      check("byte embeddings", model, bytes) { \.byteEmbeddings[layer][$0].values[$1] }
    }
    check("output", model, gradient.dense.output) { \.dense.output[$0][$1] }
    let contexts = zip(Self.rows, gradient.preActivations[0]).flatMap { rows, gradient in
      rows.map { ($0, gradient) }
    }
    check("context embeddings", model, Self.sum(contexts, rows: 4)) {
      \.contextRows[$0].values[$1]
    }
    let ngrams = zip(Self.ngrams, gradient.features).flatMap { rows, features in
      rows.enumerated().filter { $1 >= 0 }.map { ngram, row in
        (row, Array(features[16 * ngram..<16 * (ngram + 1)]))
      }
    }
    check("n-grams", model, Self.sum(ngrams, rows: 4)) { \.ngramRows[$0].values[$1] }
  }

  /// The gradient of `rows` embeddings from those of their uses.
  private static func sum(_ uses: [(row: Int, gradient: [Double])], rows: Int) -> [[Double]] {
    let zeros = (uses.first?.gradient ?? []).map { _ in 0.0 }
    var sum = [[Double]](repeating: zeros, count: rows)
    for (row, gradient) in uses { sum[row] = zip(sum[row], gradient).map { $0 + $1 } }
    return sum
  }

  /// Compares sampled elements of a tensor's gradient with central differences of the loss.
  private func check(
    _ name: String, _ model: Model, _ gradient: [[Double]],
    _ element: (_ row: Int, _ column: Int) -> WritableKeyPath<Model, Double>
  ) {
    var compared = 0
    for row in gradient.indices {
      for column in gradient[row].indices
      where (row * 31 + column) % 13 == 0 && (gradient.count < 256 || gradient[row][column] != 0) {
        let step = 1e-5
        var above = model
        above[keyPath: element(row, column)] += step
        var below = model
        below[keyPath: element(row, column)] -= step
        let difference = (Self.loss(of: above) - Self.loss(of: below)) / (2 * step)
        let error = abs(difference - gradient[row][column])
        #expect(
          error <= 1e-7 + 1e-5 * abs(difference),
          "\(name)[\(row)][\(column)]: \(gradient[row][column]), not \(difference)")
        compared += 1
      }
    }
    #expect(compared > 0, "\(name) was not compared")
  }

  private static func steps(of model: Model) -> [Model.Step] {
    var state = initialState(of: model)
    return inputs.indices.map { time in
      var step = model.forward(
        from: state, input: inputs[time], contextRows: rows[time], ngramRows: ngrams[time])
      step.target = targets[time]
      state = step.after
      return step
    }
  }

  private static func loss(of model: Model) -> Double {
    steps(of: model).reduce(0) { $0 - Double.logarithm($1.probabilities[Int($1.target)]) }
  }

  /// Outputs and cells that the window begins with, as if others had been before it.
  private static func initialState(of model: Model) -> Model.State {
    var random = SplitMix64(state: 43)
    var state = Model.State.zeros(model.configuration)
    state.hidden = state.hidden.map { $0.map { _ in Double(random.uniform(bound: 0.5)) } }
    state.cell = state.cell.map { $0.map { _ in Double(random.uniform(bound: 0.5)) } }
    return state
  }

  /// A model of random weights, those too that are zeros at the start.
  private static func randomModel(gates: Int) -> Model {
    var configuration = ReferenceConfiguration()
    configuration.layers = 2
    configuration.cells = 16
    configuration.gates = gates
    configuration.contextRowBits = 2
    configuration.ngrams = 2
    var random = SplitMix64(state: 42)
    func shake(_ numbers: [Double]) -> [Double] {
      numbers.map { $0 + Double(random.uniform(bound: 0.5)) }
    }
    func shake(_ rows: [Model.Row]) -> [Model.Row] {
      rows.map { row in
        var row = row
        row.values = shake(row.values)
        return row
      }
    }
    let ngrams = [[Double]](repeating: Array(repeating: 0, count: 16), count: 4)
    var model = Model(configuration, ngramRows: ngrams)
    model.dense.tensors = model.dense.tensors.map { $0.map(shake) }
    model.byteEmbeddings = model.byteEmbeddings.map(shake)
    model.contextRows = shake(model.contextRows)
    model.ngramRows = shake(model.ngramRows)
    return model
  }
}
