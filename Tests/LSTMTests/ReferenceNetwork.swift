@testable import LSTM

/// The network, written as its definition: plain Swift, one operation after the other.
///
/// In `Float` it gives the bits that ``Network`` must give. In `Double` it serves to compare its
/// gradients with finite differences: the code is the same.
struct ReferenceNetwork<Scalar: ReferenceScalar> {
  typealias Vector = [Scalar]
  typealias Matrix = [[Scalar]]

  struct Layer {
    var recurrent: Matrix
    var lower: Matrix
    var gain: Vector
    var bias: Vector
    var byteEmbeddings: Matrix
  }

  /// The tensors that backpropagation gives gradients of.
  struct Parameters {
    var layers: [Layer]
    /// The rows of the context embeddings' pool.
    var embeddings: Matrix
    /// The rows of the n-gram embeddings.
    var ngrams: Matrix = []
    var output: Matrix
  }

  /// What a step leaves for backpropagation: one entry a layer.
  struct Step {
    var input: UInt8
    var target: UInt8 = 0
    var rows: [Int]
    /// The n-gram rows, -1 for none, and their numbers, one row after the other.
    var ngrams: [Int] = []
    var features: Vector = []
    var before: State
    var normalised: Matrix = []
    var inverseRMS: Matrix = []
    var activations: Matrix = []
    var cellTanh: Matrix = []
    var after: State
    var probabilities: Vector = []
  }

  /// The outputs and the cells of each layer.
  struct State {
    var hidden: Matrix
    var cell: Matrix
  }

  let configuration: NetworkConfiguration
  var parameters: Parameters
  var state: State

  var cells: Int { configuration.cells }
  var gates: Int { configuration.gates }
  var width: Int { configuration.gateWidth }

  // MARK: Prediction

  /// The forward pass of one step: updates `state` and gives what learning needs.
  mutating func forward(input: UInt8, rows: [Int], ngrams: [Int] = []) -> Step {
    var step = Step(input: input, rows: rows, ngrams: ngrams, before: state, after: state)
    step.features = ngrams.flatMap { row in
      row < 0 ? self.zeros(configuration.ngramWidth) : parameters.ngrams[row]
    }
    for index in parameters.layers.indices {
      let layer = parameters.layers[index]
      var preActivation = Scalar.product(
        state.hidden[index], layer.recurrent, greatest: 1, addedTo: nil)
      if index > 0 {
        preActivation = Scalar.product(
          state.hidden[index - 1], layer.lower, greatest: 1, addedTo: preActivation)
      } else if !step.features.isEmpty {
        preActivation = Scalar.product(
          step.features, layer.lower, greatest: nil, addedTo: preActivation)
      }
      preActivation = add(preActivation, layer.byteEmbeddings[Int(input)])
      if index == 0 {
        for row in rows {
          preActivation = add(preActivation, parameters.embeddings[row])
        }
      }
      forwardCell(index, layer, preActivation, &step)
    }
    let outputs: Vector = state.hidden.flatMap { $0 } + [1]
    step.probabilities = softmax(
      Scalar.product(outputs, parameters.output, greatest: 1, addedTo: nil))
    step.after = state
    return step
  }

  private mutating func forwardCell(
    _ index: Int, _ layer: Layer, _ preActivation: Vector, _ step: inout Step
  ) {
    var normalised = Vector()
    var inverses = Vector()
    var activations = Vector()
    for gate in 0..<gates {
      let range = gate * cells..<(gate + 1) * cells
      let squares = Self.partialSums(preActivation[range].map { ($0, $0) })
      let inverse = 1 / (squares / Scalar(cells) + 1e-5).squareRoot()
      inverses.append(inverse)
      for position in range {
        let value = preActivation[position] * inverse
        normalised.append(value)
        let z = layer.bias[position].addingProduct(value, layer.gain[position])
        activations.append(gate == 1 ? Scalar.hyperbolicTangent(z) : Scalar.sigmoid(z))
      }
    }
    var tanhs = Vector()
    for cell in 0..<cells {
      let forget = activations[cell]
      let candidate = activations[cells + cell]
      let output = activations[2 * cells + cell]
      let input = gates == 4 ? activations[3 * cells + cell] : 1 - forget
      let value = (input * candidate).addingProduct(forget, state.cell[index][cell])
      let squashed = Scalar.hyperbolicTangent(value)
      state.cell[index][cell] = value
      state.hidden[index][cell] = output * squashed
      tanhs.append(squashed)
    }
    step.normalised.append(normalised)
    step.inverseRMS.append(inverses)
    step.activations.append(activations)
    step.cellTanh.append(tanhs)
  }

  // MARK: Learning

  /// The gradient of the window's cross entropy in nats; `rowGradients` has that of each step's
  /// pre-activations, a layer at a time, which is the gradient of the rows that the step added;
  /// `featureGradients` that of each step's features.
  ///
  /// `steps` has a step of each lane, then the next step of each lane, ...
  func backward(
    _ steps: [Step], lanes: Int = 1
  ) -> (gradient: Parameters, rowGradients: [Matrix], featureGradients: Matrix) {
    var gradient = parameters
    gradient.output = zeros(gradient.output)
    let logitGradients = steps.map { step in
      var gradient = step.probabilities
      gradient[Int(step.target)] -= 1
      return gradient
    }
    var hiddenGradients = logitGradients.map { logits in
      Scalar.product(
        logits, transpose(parameters.output.dropLast()), greatest: nil, addedTo: nil)
    }
    for (step, logits) in zip(steps, logitGradients) {
      let outputs: Vector = step.after.hidden.flatMap { $0 } + [1]
      addOuterProduct(outputs, logits, to: &gradient.output)
    }
    var rowGradients = [Matrix](repeating: [], count: configuration.layers)
    for index in (0..<configuration.layers).reversed() {
      rowGradients[index] = backward(
        layer: index, steps, lanes, hiddenGradients: &hiddenGradients, &gradient.layers[index])
    }
    let lower = transpose(parameters.layers[0].lower)
    let featureGradients = rowGradients[0].map {
      Scalar.product($0, lower, greatest: nil, addedTo: nil)
    }
    return (gradient, rowGradients, featureGradients)
  }

  private func backward(
    layer index: Int, _ steps: [Step], _ lanes: Int, hiddenGradients: inout Matrix,
    _ gradient: inout Layer
  ) -> Matrix {
    let layer = parameters.layers[index]
    let range = index * cells..<(index + 1) * cells
    gradient.recurrent = zeros(gradient.recurrent)
    gradient.lower = zeros(gradient.lower)
    gradient.gain = zeros(width)
    gradient.bias = zeros(width)
    var cellGradients = Matrix(repeating: zeros(cells), count: lanes)
    var preGradients = Matrix(repeating: zeros(width), count: steps.count)
    for row in steps.indices.reversed() {
      preGradients[row] = backwardCell(
        index, steps[row], Array(hiddenGradients[row][range]), &cellGradients[row % lanes],
        &gradient)
      if row >= lanes {
        let before = Scalar.product(
          preGradients[row], transpose(layer.recurrent), greatest: nil,
          addedTo: Array(hiddenGradients[row - lanes][range]))
        hiddenGradients[row - lanes].replaceSubrange(range, with: before)
      }
    }
    for (step, preGradient) in zip(steps, preGradients) {
      addOuterProduct(step.before.hidden[index], preGradient, to: &gradient.recurrent)
    }
    if index == 0 {
      for (step, preGradient) in zip(steps, preGradients) {
        addOuterProduct(step.features, preGradient, to: &gradient.lower)
      }
    } else {
      let below = (index - 1) * cells..<index * cells
      for time in steps.indices {
        addOuterProduct(
          steps[time].after.hidden[index - 1], preGradients[time], to: &gradient.lower)
        let sum = Scalar.product(
          preGradients[time], transpose(layer.lower), greatest: nil,
          addedTo: Array(hiddenGradients[time][below]))
        hiddenGradients[time].replaceSubrange(below, with: sum)
      }
    }
    return preGradients
  }

  private func backwardCell(
    _ index: Int, _ step: Step, _ hiddenGradient: Vector, _ cellGradient: inout Vector,
    _ gradient: inout Layer
  ) -> Vector {
    let activations = step.activations[index]
    var gateGradients = zeros(width)
    for cell in 0..<cells {
      let forget = activations[cell]
      let candidate = activations[cells + cell]
      let output = activations[2 * cells + cell]
      let squashed = step.cellTanh[index][cell]
      let before = step.before.cell[index][cell]
      let outputGradient = hiddenGradient[cell] * squashed
      let slope = 1 - squashed * squashed
      let total = cellGradient[cell].addingProduct(hiddenGradient[cell] * output, slope)
      cellGradient[cell] = total * forget
      if gates == 4 {
        let input = activations[3 * cells + cell]
        gateGradients[cell] = total * before * (forget * (1 - forget))
        gateGradients[cells + cell] = total * input * (1 - candidate * candidate)
        gateGradients[3 * cells + cell] = total * candidate * (input * (1 - input))
      } else {
        gateGradients[cell] = total * (before - candidate) * (forget * (1 - forget))
        gateGradients[cells + cell] = total * (1 - forget) * (1 - candidate * candidate)
      }
      gateGradients[2 * cells + cell] = outputGradient * (output * (1 - output))
    }
    return backwardNorm(index, step, gateGradients, &gradient)
  }

  private func backwardNorm(
    _ index: Int, _ step: Step, _ gateGradients: Vector, _ gradient: inout Layer
  ) -> Vector {
    var result = zeros(width)
    for gate in 0..<gates {
      let range = gate * cells..<(gate + 1) * cells
      var scaled = Vector()
      for position in range {
        let normalised = step.normalised[index][position]
        gradient.gain[position] = gradient.gain[position]
          .addingProduct(gateGradients[position], normalised)
        gradient.bias[position] += gateGradients[position]
        scaled.append(gateGradients[position] * parameters.layers[index].gain[position])
      }
      let mean = Self.partialSums(Array(zip(scaled, step.normalised[index][range]))) / Scalar(cells)
      for (offset, position) in range.enumerated() {
        let difference = scaled[offset].addingProduct(-step.normalised[index][position], mean)
        result[position] = step.inverseRMS[index][gate] * difference
      }
    }
    return result
  }

  // MARK: Operations

  private func addOuterProduct(_ a: Vector, _ b: Vector, to matrix: inout Matrix) {
    for row in a.indices {
      for column in b.indices {
        matrix[row][column] = matrix[row][column].addingProduct(a[row], b[column])
      }
    }
  }

  private func softmax(_ logits: Vector) -> Vector {
    let greatest = logits.reduce(logits[0]) { $1 > $0 ? $1 : $0 }
    let powers = logits.map { Scalar.exponential($0 - greatest) }
    let inverse = 1 / Self.partialSums(powers.map { ($0, nil) })
    return powers.map { $0 * inverse }
  }

  /// The sum of the products (or of the first factors) in 16 partial sums, element `i` into sum
  /// `i mod 16`, which are then halved: 16, 8, 4, 2, 1.
  static func partialSums(_ terms: [(Scalar, Scalar?)]) -> Scalar {
    var sums = Vector(repeating: 0, count: 16)
    for (index, (a, b)) in terms.enumerated() {
      if let b {
        sums[index % 16] = sums[index % 16].addingProduct(a, b)
      } else {
        sums[index % 16] += a
      }
    }
    for half in [8, 4, 2, 1] {
      for index in 0..<half { sums[index] += sums[index + half] }
    }
    return sums[0]
  }

  private func add(_ a: Vector, _ b: Vector) -> Vector { zip(a, b).map { $0 + $1 } }
  private func zeros(_ count: Int) -> Vector { Vector(repeating: 0, count: count) }
  private func zeros(_ matrix: Matrix) -> Matrix { matrix.map { zeros($0.count) } }
  private func transpose(_ matrix: some Collection<Vector>) -> Matrix {
    guard let first = matrix.first else { return [] }
    return first.indices.map { column in matrix.map { $0[column] } }
  }
}
