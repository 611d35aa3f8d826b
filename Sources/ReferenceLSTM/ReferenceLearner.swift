// SPDX-License-Identifier: Apache-2.0

/// Predicts and learns byte by byte: the whole network of `docs/NUMERICS.md`, section 3.
///
/// ``predict(after:contexts:ngrams:)``, then ``learn(_:)``, for a byte of each lane. In `Float`
/// alone: its bits are the archive format's.
package struct ReferenceLearner {
  package private(set) var network: ReferenceNetwork<Float>
  private let configuration: ReferenceConfiguration
  private var pool: ReferencePool
  private let ngrams: ReferenceNgrams?
  private var schedule = ReferenceSchedule()
  /// Second moments of the dense tensors' elements.
  private var moments: [[[Float]]]  // (tensors, rows, columns)
  private var states: [ReferenceNetwork<Float>.State]  // (lanes)
  /// The window so far: a step of each lane, then the next step of each, ...
  private var steps: [ReferenceNetwork<Float>.Step] = []
  private var bytes = 0
  /// What the last window taught, which waits for the end of this one, and the rows' owners then.
  private var pending: (network: ReferenceNetwork<Float>, owners: [Int])?

  private var lanes: Int { states.count }

  /// A network that has seen nothing, with its initial weights.
  package init(_ configuration: ReferenceConfiguration, ngrams: ReferenceNgrams? = nil) {
    self.configuration = configuration
    self.ngrams = ngrams
    network = ReferenceNetwork(configuration, ngramRows: ngrams?.rows ?? [])
    pool = ReferencePool(rowBits: configuration.contextRowBits)
    moments = network.dense.tensors.map { $0.map { $0.map { _ in 0 } } }
    states = [.zeros(configuration)]
  }

  /// Takes over what a training left: see ``weights(_:scales:)``.
  ///
  /// - Parameter means: The mean second moments of each dense tensor, then of each layer's byte
  ///   embeddings.
  package mutating func start(dense: [Float], byteEmbeddings: [Float], secondMoments means: [Float])
  {
    var rest = dense[...]
    network.dense.tensors = network.dense.tensors.map { $0.map { Self.take($0.count, &rest) } }
    for tensor in moments.indices {
      moments[tensor] = moments[tensor].map { $0.map { _ in means[tensor] * 0x1p-7 } }
    }
    rest = byteEmbeddings[...]
    for layer in 0..<configuration.layers {
      network.byteEmbeddings[layer] = network.byteEmbeddings[layer].map { row in
        ReferenceRow(
          values: Self.take(row.values.count, &rest), secondMoment: means[moments.count + layer])
      }
    }
    schedule.startTrained()
  }

  private static func take(_ count: Int, _ rest: inout ArraySlice<Float>) -> [Float] {
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }

  /// A model's weights: integers, of which 64 share a scale in binary16.
  package static func weights(_ integers: [Int8], scales: [UInt16]) -> [Float] {
    integers.indices.map { Float(integers[$0]) * ReferenceKernels.float(half: scales[$0 / 64]) }
  }

  /// Predicts the next byte of each lane from the last ones (lanes) and the hashes of their contexts
  /// (lanes, contexts) and n-grams (lanes, ngrams).
  package mutating func predict(
    after bytes: [UInt8], contexts: [UInt64], ngrams hashes: [UInt64] = []
  ) {
    // All rows are looked up before any is read: a later context may take the row of one before.
    let contextRows = contexts.map { hash in
      let (row, isNew) = pool.row(forHash: hash)
      if isNew {
        network.contextRows[row] = ReferenceRow(
          values: Array(repeating: 0, count: configuration.gateWidth))
      }
      return row
    }
    let ngramRows = hashes.map { ngrams?.row(forHash: $0) ?? -1 }
    for lane in 0..<lanes {
      func own(_ rows: [Int]) -> [Int] {
        Array(rows[lane * rows.count / lanes..<(lane + 1) * rows.count / lanes])
      }
      let step = network.forward(
        from: states[lane], input: bytes[lane], contextRows: own(contextRows),
        ngramRows: own(ngramRows))
      states[lane] = step.after
      steps.append(step)
    }
  }

  /// The probabilities (256) of a lane's next byte.
  package func probabilities(lane: Int) -> [Float] {
    steps[steps.count - lanes + lane].probabilities
  }

  /// Learns the bytes that came: (lanes).
  package mutating func learn(_ targets: [UInt8]) {
    for lane in 0..<lanes { steps[steps.count - lanes + lane].target = targets[lane] }
    bytes += lanes
    if steps.count == schedule.window * lanes { endWindow() }
  }

  /// Goes on in all lanes, each from the state of the only one so far.
  package mutating func split() {
    if !steps.isEmpty { endWindow() }
    states = Array(repeating: states[0], count: configuration.lanes)
    schedule.split(longest: configuration.longestWindow)
  }

  /// The network after all that was taught: what the next window's end will put into effect.
  package var taught: ReferenceNetwork<Float> { pending?.network ?? network }

  private mutating func endWindow() {
    // The gradient is that of the weights that predicted the window.
    let gradient = network.gradient(of: steps, lanes: lanes)
    publish()
    schedule.beginUpdate()
    var taught = network
    stepRows(&taught, gradient)
    stepDense(&taught.dense, gradient.dense)
    pending = (taught, pool.ownerNumbers)
    steps = []
    schedule.endWindow(bytes: bytes, longest: configuration.longestWindow)
  }

  /// Puts into effect what the last window taught, but for context rows that changed their owner.
  private mutating func publish() {
    guard let (taught, owners) = pending else { return }
    let rows = network.contextRows
    network = taught
    for (row, owner) in pool.ownerNumbers.enumerated() where owner != owners[row] {
      network.contextRows[row] = rows[row]
    }
  }

  private mutating func stepDense(
    _ dense: inout ReferenceParameters<Float>, _ gradient: ReferenceParameters<Float>
  ) {
    let k = schedule.correction
    let rate = schedule.rate(configuration.learningRate) / k
    var tensors = dense.tensors
    for (tensor, gradient) in gradient.tensors.enumerated() {
      for (row, gradient) in gradient.enumerated() {
        ReferenceKernels.optimiserStep(
          &tensors[tensor][row], gradient, &moments[tensor][row], rate: rate, beta2: 0.9999,
          epsilon: 1e-6 / k)
      }
    }
    dense.tensors = tensors
  }

  /// The rows that the window used, from its last step to its first.
  private func stepRows(
    _ taught: inout ReferenceNetwork<Float>, _ gradient: ReferenceNetwork<Float>.Gradient
  ) {
    let rate = schedule.rate(configuration.learningRate)
    let contextRate = schedule.rate(configuration.contextLearningRate ?? configuration.learningRate)
    let width = configuration.ngramWidth
    for (index, step) in steps.enumerated().reversed() {
      for layer in 0..<configuration.layers {
        stepRow(
          &taught.byteEmbeddings[layer][Int(step.input)], gradient.preActivations[layer][index],
          rate: 2 * rate)
      }
      for row in step.contextRows {
        stepRow(&taught.contextRows[row], gradient.preActivations[0][index], rate: contextRate)
        taught.contextRows[row].values = taught.contextRows[row].values.map {
          ReferenceKernels.float(half: ReferenceKernels.half($0))
        }
      }
      guard ngrams?.learn == true else { continue }
      for (ngram, row) in step.ngramRows.enumerated().reversed() where row >= 0 {
        let own = gradient.features[index][ngram * width..<(ngram + 1) * width]
        stepRow(&taught.ngramRows[row], Array(own), rate: rate)
      }
    }
  }

  private func stepRow(_ row: inout ReferenceRow<Float>, _ gradient: [Float], rate: Float) {
    let meanSquare = ReferenceKernels.sumOfSquares(gradient) / Float(gradient.count)
    ReferenceKernels.rowStep(
      &row.values, gradient, meanSquare: meanSquare, &row.secondMoment, rate: rate, beta2: 0.999,
      epsilon: 1e-6)
  }
}
