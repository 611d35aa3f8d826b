import ReferenceKernels

@testable import LSTM

/// Learns byte by byte as ``Network`` does, with the arithmetic of ``ReferenceNetwork``.
///
/// It starts from the initial weights of a real network and keeps its own embedding rows.
struct ReferenceLearner {
  /// What learning changes.
  private struct Learned {
    var parameters: ReferenceNetwork<Float>.Parameters
    /// A layer: the second moments of the byte embeddings' rows.
    var byteMoments: [[Float]]
    var rowMoments: [Float]
    var ngramMoments: [Float]
  }

  private(set) var network: ReferenceNetwork<Float>
  private var pool: ReferencePool
  /// The n-gram rows' owners, and second moments if the rows learn.
  private let ngrams: ReferenceNgrams?
  private var ngramMoments: [Float]
  private var byteMoments: [[Float]]
  /// Gradient's running mean squares, in the shape of the parameters.
  private var moments: ReferenceNetwork<Float>.Parameters
  /// What the window before has taught, which is not in effect yet, and the rows' owners then.
  private var pending: (learned: Learned, owners: [Int], rows: Set<Int>)?
  private var states: [ReferenceNetwork<Float>.State]
  /// The steps of the window: one of each lane, then the next of each, ...
  private var steps: [ReferenceNetwork<Float>.Step] = []
  private var bytes = 0
  private var updates = 0
  private var beta2Power: Float = 1
  private var window = 4
  private var windowGrowth = 20

  private var configuration: NetworkConfiguration { network.configuration }
  private var lanes: Int { states.count }

  /// Starts where `network`, which has seen nothing, starts, with n-grams from `source`.
  init(network start: Network, ngrams source: NgramSource? = nil) {
    network = ReferenceNetwork(start)
    ngrams = source.map { ReferenceNgrams($0) }
    network.parameters.ngrams = ngrams?.rows(width: start.configuration.ngramWidth) ?? []
    ngramMoments = network.parameters.ngrams.map { _ in 0 }
    pool = ReferencePool(rowBits: start.configuration.embeddingRowBits)
    byteMoments = Array(
      repeating: Array(repeating: 0, count: 256), count: start.configuration.layers)
    moments = network.parameters
    states = [network.state]
    Self.forEachDense(&moments) { values in values = values.map { _ in 0 } }
  }

  /// Takes over what a training left: weights, and second moments for windows of four rows.
  mutating func start(from prior: TrainedNetwork) {
    var position = 0
    Self.forEachDense(&network.parameters) { row in
      row = row.indices.map { prior.parameters.referenceValue(position + $0) }
      position += row.count
    }
    position = 0
    for layer in network.parameters.layers.indices {
      for byte in 0..<256 {
        let row = (0..<configuration.gateWidth).map {
          prior.byteEmbeddings.referenceValue(position + $0)
        }
        network.parameters.layers[layer].byteEmbeddings[byte] = row
        position += row.count
      }
    }
    var means = prior.secondMoments[...]
    func fill(_ matrix: inout [[Float]]) {
      let mean = (means.popFirst() ?? .nan) * (4 / Float(512))
      matrix = matrix.map { $0.map { _ in mean } }
    }
    for layer in moments.layers.indices {
      fill(&moments.layers[layer].recurrent)
      fill(&moments.layers[layer].lower)
      var vectors = [moments.layers[layer].gain]
      fill(&vectors)
      moments.layers[layer].gain = vectors[0]
      fill(&vectors)
      moments.layers[layer].bias = vectors[0]
    }
    fill(&moments.output)
    byteMoments = means.map { Array(repeating: $0, count: 256) }
    beta2Power = 0
    windowGrowth = 5
  }

  func probabilities(lane: Int) -> [Float] { steps[steps.count - lanes + lane].probabilities }

  /// The dense parameters in the order of ``ParameterLayout``, as the last window has left them.
  var parameterBits: [UInt32] {
    var bits: [UInt32] = []
    var parameters = pending?.learned.parameters ?? network.parameters
    Self.forEachDense(&parameters) { bits += $0.map(\.bitPattern) }
    return bits
  }

  mutating func predict(after bytes: [UInt8], contexts: [UInt64], ngrams hashes: [UInt64] = []) {
    let count = configuration.contexts
    let rows = (0..<lanes).map { lane in
      contexts[lane * count..<(lane + 1) * count].map { hash in
        let (row, isNew) = pool.row(forHash: hash)
        if isNew {
          network.parameters.embeddings[row] = Array(repeating: 0, count: configuration.gateWidth)
        }
        return row
      }
    }
    for lane in 0..<lanes {
      network.state = states[lane]
      let ngramCount = configuration.ngrams
      let ngramRows = hashes[lane * ngramCount..<(lane + 1) * ngramCount].map {
        ngrams?.row(forHash: $0) ?? -1
      }
      steps.append(
        network.forward(input: bytes[lane], rows: rows[lane], ngrams: ngramRows))
      states[lane] = network.state
    }
  }

  mutating func learn(_ targets: [UInt8]) {
    for lane in 0..<lanes { steps[steps.count - lanes + lane].target = targets[lane] }
    bytes += lanes
    if steps.count == window * lanes { endWindow() }
  }

  mutating func split() {
    if !steps.isEmpty { endWindow() }
    states = Array(repeating: states[0], count: configuration.lanes)
    window = configuration.longestWindow
  }

  private mutating func endWindow() {
    // The gradient is that of the weights that predicted the window.
    let (gradient, rowGradients, featureGradients) = network.backward(steps, lanes: lanes)
    publish()
    learn(gradient, rowGradients, featureGradients)
    steps = []
    while window < configuration.longestWindow
      && bytes >= windowGrowth * windowGrowth * (window - 3) * (window - 3)
    {
      window += 1
    }
  }

  /// Puts into effect what the window before has taught, but for rows that changed their owner.
  private mutating func publish() {
    guard let (learned, owners, rows) = pending else { return }
    let embeddings = network.parameters.embeddings
    network.parameters = learned.parameters
    byteMoments = learned.byteMoments
    ngramMoments = learned.ngramMoments
    network.parameters.embeddings = embeddings
    for row in rows where pool.owners[row] == owners[row] {
      network.parameters.embeddings[row] = learned.parameters.embeddings[row]
      pool.moments[row] = learned.rowMoments[row]
    }
    pending = nil
  }

  private mutating func learn(
    _ gradient: ReferenceNetwork<Float>.Parameters, _ rowGradients: [[[Float]]],
    _ featureGradients: [[Float]]
  ) {
    updates += 1
    beta2Power *= 0.9999
    let fall = (1 + 1e-4 * Float(updates)).squareRoot()
    let rate = Float(configuration.learningRate) / 65536 / fall
    let contextRate =
      Float(configuration.contextLearningRate ?? configuration.learningRate) / 65536 / fall
    let correction = 1 / (1 - beta2Power).squareRoot()
    var learned = Learned(
      parameters: network.parameters, byteMoments: byteMoments, rowMoments: pool.moments,
      ngramMoments: ngramMoments)
    for layer in (0..<configuration.layers).reversed() {
      for (step, rowGradient) in zip(steps, rowGradients[layer]).reversed() {
        let input = Int(step.input)
        stepRow(
          &learned.parameters.layers[layer].byteEmbeddings[input], rowGradient,
          &learned.byteMoments[layer][input], rate: rate * 2)
        guard layer == 0 else { continue }
        for row in step.rows {
          stepRow(
            &learned.parameters.embeddings[row], rowGradient, &learned.rowMoments[row],
            rate: contextRate)
          learned.parameters.embeddings[row] = learned.parameters.embeddings[row].map {
            ReferenceKernels.float(half: ReferenceKernels.half($0))
          }
        }
      }
    }
    if ngrams?.learns == true {
      let width = configuration.ngramWidth
      for (step, features) in zip(steps, featureGradients).reversed() {
        for (index, row) in step.ngrams.enumerated().reversed() where row >= 0 {
          stepRow(
            &learned.parameters.ngrams[row], Array(features[index * width..<(index + 1) * width]),
            &learned.ngramMoments[row], rate: rate)
        }
      }
    }
    stepDense(&learned.parameters, gradient, rate: rate, correction: correction)
    pending = (learned, pool.owners, Set(steps.flatMap(\.rows)))
  }

  private mutating func stepDense(
    _ parameters: inout ReferenceNetwork<Float>.Parameters,
    _ gradient: ReferenceNetwork<Float>.Parameters, rate: Float, correction: Float
  ) {
    var gradient = gradient
    var gradients: [[Float]] = []
    Self.forEachDense(&gradient) { gradients.append($0) }
    var index = 0
    var roots: [[Float]] = []
    Self.forEachDense(&moments) { moments in
      for (position, slope) in gradients[index].enumerated() {
        let square = (1 - Float(0.9999)) * (slope * slope)
        moments[position] = square.addingProduct(0.9999, moments[position])
      }
      let epsilon = 1e-6 / correction
      roots.append(moments.map { ReferenceKernels.inverseRoot($0 + epsilon * epsilon) })
      index += 1
    }
    index = 0
    Self.forEachDense(&parameters) { weights in
      for position in weights.indices {
        let slope = -(rate / correction) * gradients[index][position]
        weights[position] = weights[position].addingProduct(slope, roots[index][position])
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
  /// A number for each row that is another one after the row was given to another context.
  private(set) var owners: [Int]

  init(rowBits: Int) {
    self.rowBits = rowBits
    slots = Array(repeating: Slot(), count: 1 << rowBits)
    moments = Array(repeating: 0, count: 1 << rowBits)
    owners = Array(repeating: 0, count: 1 << rowBits)
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
    if slots[row].check != 0 { owners[row] += 1 }
    slots[row] = Slot(check: check, confidence: 1)
    moments[row] = 0
    return (row, true)
  }
}

/// Which n-gram row belongs to which context, and what a frozen row holds.
struct ReferenceNgrams {
  private let checks: [UInt16]
  private let rowBits: Int
  private let table: NgramTable?
  var learns: Bool { table == nil }

  init(_ source: NgramSource) {
    let index: NgramIndex
    switch source {
    case .table(let table): (index, self.table) = (table.index, table)
    case .learned(let learned): (index, table) = (learned, nil)
    }
    checks = Array(index.checks.values)
    rowBits = index.rowBits
  }

  func row(forHash hash: UInt64) -> Int {
    let bucket = Int(hash >> UInt64(64 - rowBits)) / 4
    let check = UInt16(truncatingIfNeeded: hash) | 1
    return (0..<4).map { 4 * bucket + $0 }.first { checks[$0] == check } ?? -1
  }

  func rows(width: Int) -> [[Float]] {
    checks.indices.map { row in
      guard let table else { return Array(repeating: 0, count: width) }
      let step = Float(table.rowScales.values[row]) * table.scale
      return (0..<width).map { index in
        let pair = table.values.values[(row * width + index) / 2]
        return Float(Int(index % 2 == 0 ? pair & 15 : pair >> 4) - 8) * step
      }
    }
  }
}

extension UInt16 {
  /// The value of the bits as binary16, by its definition.
  var halfPrecisionValue: Float {
    let exponent = Int(self >> 10 & 31)
    let fraction = Float(self & 0x3FF) / 1024
    let size =
      exponent == 0
      ? Float(sign: .plus, exponent: -14, significand: fraction)
      : Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction)
    return self >> 15 == 1 ? -size : size
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
          Array(network.byteEmbeddings[index].values.values[byte * width..<(byte + 1) * width])
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

extension RoundedWeights {
  /// A weight by FORMAT.md.
  func referenceValue(_ index: Int) -> Float {
    Float(values.values[index]) * scales.values[index / 64].halfPrecisionValue
  }
}
