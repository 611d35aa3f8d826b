import Testing

@testable import LSTM

/// Backpropagation against finite differences, in `Double`.
@Suite struct GradientTests {
  typealias Model = ReferenceNetwork<Double>

  private static let inputs: [UInt8] = [7, 200, 7, 65, 0]
  private static let targets: [UInt8] = [200, 7, 65, 0, 7]
  private static let rows = [[0, 3], [1, 1], [0, 2], [3, 1], [2, 0]]
  private static let ngrams = [[0, -1], [3, 3], [1, 2], [0, 1], [-1, -1]]

  @Test(arguments: [true, false])
  func everyTensor(hasCoupledGates: Bool) {
    let model = Self.randomModel(hasCoupledGates: hasCoupledGates)
    let (gradient, rowGradients, featureGradients) = model.backward(Self.steps(of: model))
    for layer in 0..<2 {
      check("recurrent", model, gradient.layers[layer].recurrent, \.layers[layer].recurrent)
      check("gain", model, [gradient.layers[layer].gain], \.layers[layer].gainAsMatrix)
      check("bias", model, [gradient.layers[layer].bias], \.layers[layer].biasAsMatrix)
      var embeddings = Model.Matrix(
        repeating: Model.Vector(repeating: 0, count: model.width), count: 256)
      for (input, rowGradient) in zip(Self.inputs, rowGradients[layer]) {
        embeddings[Int(input)] = zip(embeddings[Int(input)], rowGradient).map { $0 + $1 }
      }
      check("byte embeddings", model, embeddings, \.layers[layer].byteEmbeddings)
    }
    check("lower", model, gradient.layers[1].lower, \.layers[1].lower)
    check("lower of n-grams", model, gradient.layers[0].lower, \.layers[0].lower)
    var ngrams = Model.Matrix(repeating: Model.Vector(repeating: 0, count: 16), count: 4)
    for (rows, features) in zip(Self.ngrams, featureGradients) {
      for (index, row) in rows.enumerated() where row >= 0 {
        ngrams[row] = zip(ngrams[row], features[16 * index..<16 * (index + 1)]).map { $0 + $1 }
      }
    }
    check("n-grams", model, ngrams, \.ngrams)
    check("output", model, gradient.output, \.output)
    var embeddings = Model.Matrix(
      repeating: Model.Vector(repeating: 0, count: model.width), count: 4)
    for (rows, rowGradient) in zip(Self.rows, rowGradients[0]) {
      for row in rows {
        embeddings[row] = zip(embeddings[row], rowGradient).map { $0 + $1 }
      }
    }
    check("context embeddings", model, embeddings, \.embeddings)
  }

  /// Compares sampled elements of a tensor's gradient with central differences of the loss.
  private func check(
    _ name: String, _ model: Model, _ gradient: Model.Matrix,
    _ path: WritableKeyPath<Model.Parameters, Model.Matrix>
  ) {
    var compared = 0
    for row in gradient.indices {
      for column in gradient[row].indices
      where (row * 31 + column) % 13 == 0 && (gradient.count < 256 || gradient[row][column] != 0) {
        let step = 1e-5
        var above = model
        above.parameters[keyPath: path][row][column] += step
        var below = model
        below.parameters[keyPath: path][row][column] -= step
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
    var model = model
    return inputs.indices.map { time in
      var step = model.forward(input: inputs[time], rows: rows[time], ngrams: ngrams[time])
      step.target = targets[time]
      return step
    }
  }

  private static func loss(of model: Model) -> Double {
    steps(of: model).reduce(0) { $0 - Double.logarithm($1.probabilities[Int($1.target)]) }
  }

  private static func randomModel(hasCoupledGates: Bool) -> Model {
    var configuration = NetworkConfiguration()
    configuration.layers = 2
    configuration.cells = 16
    configuration.hasCoupledGates = hasCoupledGates
    configuration.ngrams = 2
    var generator = RandomGenerator(seed: 42)
    func matrix(_ rows: Int, _ columns: Int, around centre: Double = 0) -> Model.Matrix {
      (0..<rows).map { _ in
        (0..<columns).map { _ in centre + Double(generator.uniform(bound: 0.5)) }
      }
    }
    let width = configuration.gateWidth
    let layers = (0..<2).map { layer in
      Model.Layer(
        recurrent: matrix(16, width), lower: matrix(layer == 0 ? 32 : 16, width),
        gain: matrix(1, width, around: 1)[0], bias: matrix(1, width)[0],
        byteEmbeddings: matrix(256, width))
    }
    return Model(
      configuration: configuration,
      parameters: Model.Parameters(
        layers: layers, embeddings: matrix(4, width), ngrams: matrix(4, 16), output: matrix(33, 256)
      ),
      state: Model.State(hidden: matrix(2, 16), cell: matrix(2, 16)))
  }
}

extension ReferenceNetwork.Layer {
  fileprivate var gainAsMatrix: [[Scalar]] {
    get { [gain] }
    set { gain = newValue[0] }
  }
  fileprivate var biasAsMatrix: [[Scalar]] {
    get { [bias] }
    set { bias = newValue[0] }
  }
}
