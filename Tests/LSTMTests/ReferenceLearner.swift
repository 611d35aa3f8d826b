@testable import LSTM

/// Learns byte by byte as ``Network`` does, with the arithmetic of ``ReferenceNetwork``.
///
/// It starts from the initial weights of a real network and keeps its own embedding rows.
struct ReferenceLearner {
  private var network: ReferenceNetwork<Float>
  private var pool: ReferencePool
  private var byteMoments: [[Float]]
  /// Gradient's running mean squares, in the shape of the parameters.
  private var moments: ReferenceNetwork<Float>.Parameters
  private let history = ContextHistory()
  private var steps: [ReferenceNetwork<Float>.Step] = []
  private var bytes = 0
  private var updates = 0
  private var beta2Power: Float = 1
  private var window = 4

  private var configuration: NetworkConfiguration { network.configuration }

  /// Starts where `network`, which has seen nothing, starts.
  init(network start: Network) {
    network = ReferenceNetwork(start)
    pool = ReferencePool(rowBits: start.configuration.embeddingRowBits)
    byteMoments = Array(
      repeating: Array(repeating: 0, count: 256), count: start.configuration.layers)
    moments = network.parameters
    Self.forEachDense(&moments) { values in values = values.map { _ in 0 } }
    forward()
  }

  var probabilities: [Float] { steps[steps.count - 1].probabilities }

  /// The dense parameters in the order of ``ParameterLayout``.
  var parameterBits: [UInt32] {
    var bits: [UInt32] = []
    var parameters = network.parameters
    Self.forEachDense(&parameters) { bits += $0.map(\.bitPattern) }
    return bits
  }

  mutating func update(byte: UInt8) {
    steps[steps.count - 1].target = byte
    history.append(byte)
    bytes += 1
    if steps.count == window {
      learn()
      steps = []
      while window < configuration.longestWindow && bytes >= 400 * (window - 3) * (window - 3) {
        window += 1
      }
    }
    forward()
  }

  private mutating func forward() {
    let rows = configuration.contexts.contexts.map { context in
      let (row, isNew) = pool.row(forHash: history.hash(of: context))
      if isNew {
        network.parameters.embeddings[row] = Array(repeating: 0, count: configuration.gateWidth)
      }
      return row
    }
    steps.append(network.forward(input: history.lastByte, rows: rows))
  }

  private mutating func learn() {
    updates += 1
    beta2Power *= 0.9999
    let rate =
      Float(configuration.learningRate) / 65536 / (1 + 1e-4 * Float(updates)).squareRoot()
    let correction = 1 / (1 - beta2Power).squareRoot()
    var (gradient, rowGradients) = network.backward(steps)
    for layer in (0..<configuration.layers).reversed() {
      for (step, rowGradient) in zip(steps, rowGradients[layer]).reversed() {
        let input = Int(step.input)
        stepRow(
          &network.parameters.layers[layer].byteEmbeddings[input], rowGradient,
          &byteMoments[layer][input], rate: rate * 2)
        guard layer == 0 else { continue }
        for row in step.rows {
          stepRow(
            &network.parameters.embeddings[row], rowGradient, &pool.moments[row], rate: rate)
        }
      }
    }
    var gradients: [[Float]] = []
    Self.forEachDense(&gradient) { gradients.append($0) }
    var allMoments: [[Float]] = []
    Self.forEachDense(&moments) { allMoments.append($0) }
    for index in gradients.indices {
      for (position, slope) in gradients[index].enumerated() {
        let square = (1 - Float(0.9999)) * (slope * slope)
        allMoments[index][position] = square.addingProduct(0.9999, allMoments[index][position])
      }
    }
    var index = 0
    Self.forEachDense(&moments) {
      $0 = allMoments[index]
      index += 1
    }
    index = 0
    Self.forEachDense(&network.parameters) { weights in
      for position in weights.indices {
        let root = allMoments[index][position].squareRoot() + 1e-6 / correction
        weights[position] -= (rate / correction) * gradients[index][position] / root
      }
      index += 1
    }
  }

  private func stepRow(
    _ row: inout [Float], _ gradient: [Float], _ moment: inout Float, rate: Float
  ) {
    let meanSquare =
      ReferenceNetwork<Float>.partialSums(gradient.map { ($0, $0) })
      / Float(gradient.count)
    moment = ((1 - Float(0.999)) * meanSquare).addingProduct(0.999, moment)
    let factor = -rate / (moment.squareRoot() + 1e-6)
    for position in row.indices {
      row[position] = row[position].addingProduct(factor, gradient[position])
    }
  }

  /// Visits the rows of the dense tensors in the order of ``ParameterLayout``.
  private static func forEachDense(
    _ parameters: inout ReferenceNetwork<Float>.Parameters, _ body: (inout [Float]) -> Void
  ) {
    for layer in parameters.layers.indices {
      for row in parameters.layers[layer].recurrent.indices {
        body(&parameters.layers[layer].recurrent[row])
      }
      for row in parameters.layers[layer].lower.indices {
        body(&parameters.layers[layer].lower[row])
      }
      body(&parameters.layers[layer].gain)
      body(&parameters.layers[layer].bias)
    }
    for row in parameters.output.indices { body(&parameters.output[row]) }
  }
}

/// Which row belongs to which context: the definition of ``EmbeddingTable``'s search.
struct ReferencePool {
  private struct Slot {
    var check: UInt16 = 0
    var confidence = 0
  }

  private var slots: [Slot]
  private let rowBits: Int
  var moments: [Float]

  init(rowBits: Int) {
    self.rowBits = rowBits
    slots = Array(repeating: Slot(), count: 1 << rowBits)
    moments = Array(repeating: 0, count: 1 << rowBits)
  }

  /// The row of a context, and whether it was given to this context just now.
  mutating func row(forHash hash: UInt64) -> (row: Int, isNew: Bool) {
    let first = Int(hash >> UInt64(64 - rowBits))
    let check = UInt16(truncatingIfNeeded: hash) | 1
    let bucket = (0..<4).map { first ^ $0 }
    if let row = bucket.first(where: { slots[$0].check == check }) {
      slots[row].confidence = min(60, slots[row].confidence + 1)
      return (row, false)
    }
    let least = bucket.map { slots[$0].confidence }.min()
    guard let row = bucket.first(where: { slots[$0].confidence == least }) else { return (0, true) }
    for other in bucket where other != row {
      slots[other].confidence = max(0, slots[other].confidence - 1)
    }
    slots[row] = Slot(check: check, confidence: 1)
    moments[row] = 0
    return (row, true)
  }
}

extension ReferenceNetwork where Scalar == Float {
  /// Copies the weights of a network that has seen nothing.
  init(_ network: Network) {
    let configuration = network.configuration
    func matrix(_ tensor: ParameterLayout.Tensor) -> Matrix {
      (0..<tensor.rows).map { row in
        let start = tensor.offset + row * tensor.columns
        return Array(network.parameters.values[start..<start + tensor.columns])
      }
    }
    let width = configuration.gateWidth
    let layers = network.layout.layers.enumerated().map { index, layer in
      Layer(
        recurrent: matrix(layer.recurrent), lower: matrix(layer.lower),
        gain: matrix(layer.gain)[0], bias: matrix(layer.bias)[0],
        byteEmbeddings: (0..<256).map { byte in
          Array(network.byteEmbeddings[index].values[byte * width..<(byte + 1) * width])
        })
    }
    let zeros = Vector(repeating: 0, count: configuration.cells)
    let none = Matrix(repeating: zeros, count: configuration.layers)
    self.init(
      configuration: configuration,
      parameters: Parameters(
        layers: layers,
        embeddings: Matrix(
          repeating: Vector(repeating: 0, count: width),
          count: 1 << configuration.embeddingRowBits),
        output: matrix(network.layout.output)),
      state: State(hidden: none, cell: none))
  }
}
