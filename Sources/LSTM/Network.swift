// SPDX-License-Identifier: Apache-2.0

import CKernels
import Platform

/// A deep LSTM that predicts the next byte of one or more lanes and learns from every byte.
///
/// The cell is that of Hochreiter and Schmidhuber ("Long short-term memory", 1997) with a forget
/// gate (Gers et al., 2000) and RMS norm (Zhang and Sennrich, 2019) on each gate's
/// pre-activations. `docs/NUMERICS.md` defines every operation and their order: two networks of one
/// configuration that are shown the same bytes hold the same bits, on any machine and with any
/// number of threads.
///
/// A step is one byte of each lane: ``predict(after:contexts:)``, then ``learn(_:)``. Steps are
/// gathered into windows. What a window teaches takes effect at the end of the next one, so that a
/// second thread has that long to learn it.
///
/// Not thread-safe: a network belongs to one task at a time.
package final class Network {
  /// The shape that the network was made with.
  package let configuration: NetworkConfiguration
  /// Contents that are predicted side by side: at first 1, see ``split()``.
  package var lanes: Int { laneCount }
  /// Stored apart: each access to a public variable would be checked at run time.
  var laneCount = 1

  let kernels: Kernels
  let layout: ParameterLayout
  /// All dense parameters, laid out by ``ParameterLayout``; learning moves them.
  let parameters: FloatBuffer
  /// Those in effect, as predictions read them.
  private(set) var products: ProductWeights
  /// A layer: one row a value of the last byte, added to the gates' pre-activations.
  let byteEmbeddings: [RowPool<Float>]
  let embeddings: EmbeddingTable
  /// The trained embeddings, if the configuration has any.
  let ngrams: NgramEmbeddings?
  /// The window that is being filled, and the one before.
  private(set) var window: WindowStorage
  private var otherWindow: WindowStorage
  var schedule: LearningSchedule
  /// Steps of the current window that are done.
  private(set) var step = 0
  /// Whether windows are learned from; a network that only predicts keeps its state up to date.
  package var learns = true
  /// The learning rate of the windows to come, instead of the schedule's.
  package var learningRate: Float?
  /// Bytes that the network was shown.
  var byteCount = 0
  let learner: Learner
  /// Is told which phase begins, and nil when one ends; only of a network with one thread, which calls it.
  package var observer: ((NetworkPhase?) -> Void)? {
    get { learner.observer }
    set {
      precondition(worker == nil, "two threads would call the observer")
      learner.observer = newValue
    }
  }
  private let worker: Worker?
  /// Whether a window's learning was begun and is not yet in effect.
  private(set) var isLearning = false
  /// What the product at hand multiplies.
  let inputs: QuantisedInputs
  /// lanes x gate width: the pre-activations of one step and layer.
  let preActivation: FloatBuffer
  let rowPointers: UnsafeMutablePointer<UnsafePointer<UInt16>?>

  /// Makes a network with the initial weights of `seed`.
  ///
  /// - Parameters:
  ///   - ngrams: Where the n-gram embeddings come from, if the configuration has any.
  ///   - threads: 1, or more to learn in a thread of its own beside predicting; the predictions are
  ///     the same.
  /// - Throws: ``ConfigurationError`` if the configuration is not valid.
  package convenience init(
    configuration: NetworkConfiguration, seed: UInt64 = NetworkConfiguration.defaultSeed,
    ngrams: NgramSource? = nil, threads: Int = 1
  ) throws(ConfigurationError) {
    try self.init(
      configuration: configuration, seed: seed, ngrams: ngrams, threads: threads,
      kernels: Kernels.selected)
  }

  /// Makes a network that computes with the given kernels, and calls `beforeLearning`, in the thread
  /// that learns, before each window's learning: tests delay it there.
  init(
    configuration: NetworkConfiguration, seed: UInt64 = NetworkConfiguration.defaultSeed,
    ngrams source: NgramSource? = nil, threads: Int = 1, kernels: Kernels,
    beforeLearning: (@Sendable () -> Void)? = nil
  ) throws(ConfigurationError) {
    try configuration.validate()
    guard (source != nil) == (configuration.ngrams > 0) else {
      throw ConfigurationError(
        message: "a network has n-grams and no source of them, or the reverse")
    }
    self.configuration = configuration
    self.kernels = kernels
    layout = ParameterLayout(configuration)
    let (rows, lanes) = (configuration.longestWindowRows, configuration.lanes)
    parameters = FloatBuffer(count: layout.count)
    byteEmbeddings = (0..<configuration.layers).map { _ in
      RowPool<Float>(count: 256, width: configuration.gateWidth, changes: min(rows, 256))
    }
    embeddings = EmbeddingTable(
      rowBits: configuration.contexts == 0 ? 2 : configuration.embeddingRowBits,
      width: configuration.gateWidth, changes: rows * configuration.contexts)
    ngrams = source.map {
      NgramEmbeddings($0, width: configuration.ngramWidth, changes: rows * configuration.ngrams)
    }
    // Gradients go to n-gram embeddings only if these learn.
    let untransposed = ngrams?.rows == nil ? layout.layers[0].lower : nil
    products = ProductWeights(layout, untransposed: untransposed)
    inputs = QuantisedInputs(rows: lanes, count: Self.greatestInputCount(configuration))
    window = WindowStorage(configuration, rows: rows, lanes: lanes)
    otherWindow = WindowStorage(configuration, rows: rows, lanes: lanes)
    schedule = LearningSchedule(configuration)
    preActivation = FloatBuffer(count: lanes * configuration.gateWidth)
    rowPointers = .allocate(capacity: max(configuration.contexts, 1))
    rowPointers.initialize(repeating: nil, count: max(configuration.contexts, 1))
    let learner = Learner(
      configuration, kernels: kernels, rows: rows, lanes: lanes, parameters: parameters,
      byteEmbeddings: byteEmbeddings, embeddings: embeddings.rows, ngrams: ngrams?.rows,
      task: Learner.Task(
        window: window, products: ProductWeights(layout, untransposed: untransposed)))
    self.learner = learner
    worker =
      threads < 2
      ? nil
      : Worker {
        beforeLearning?()
        learner.learn()
      }
    initialiseParameters(seed: seed)
  }

  /// Numbers of the longest row that a product multiplies, in a multiple of 16.
  static func greatestInputCount(_ configuration: NetworkConfiguration) -> Int {
    max(configuration.allCells + 16, configuration.features)
  }

  deinit {
    worker?.stop()
    rowPointers.deallocate()
  }

  /// The probability of each value of the next byte of a lane; the sum is 1 but for rounding.
  ///
  /// Of the last ``predict(after:contexts:)``, until ``learn(_:)``.
  package func probabilities(lane: Int) -> UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(
      start: window.probabilities.pointer + (step * lanes + lane) * 256, count: 256)
  }

  /// Predicts the next byte of each lane.
  ///
  /// - Parameters:
  ///   - bytes: The last byte of each lane; 0 at a start.
  ///   - hashes: The hashes of each lane's contexts, lane by lane.
  ///   - ngramHashes: The hashes of each lane's n-grams, lane by lane, if the network has any.
  ///   All have at least as many elements as the lanes need.
  /// - Complexity: some two multiply-adds a weight and lane.
  package func predict(
    after bytes: [UInt8], contexts hashes: [UInt64], ngrams ngramHashes: [UInt64] = []
  ) {
    precondition(
      bytes.count >= lanes && hashes.count >= lanes * configuration.contexts
        && ngramHashes.count >= lanes * configuration.ngrams, "fewer inputs than lanes need")
    window.inputs.pointer.advanced(by: step * lanes).update(from: bytes, count: lanes)
    hashes.withUnsafeBufferPointer { hashes in
      ngramHashes.withUnsafeBufferPointer { lookUpRows(hashes, $0) }
    }
    learner.observer?(.forward)
    forward()
    learner.observer?(nil)
  }

  /// Shows the network the byte that came in each lane.
  ///
  /// - Complexity: at the end of a window, some four multiply-adds for each weight and byte of it.
  package func learn(_ bytes: [UInt8]) {
    precondition(bytes.count >= lanes, "fewer bytes than lanes")
    for lane in 0..<lanes {
      window.targets.pointer[step * lanes + lane] = bytes[lane]
    }
    byteCount += lanes
    step += 1
    if step == schedule.window { endWindow() }
  }

  /// Goes on with all the lanes of the configuration, each from the state of the only one so far.
  ///
  /// Between ``learn(_:)`` and ``predict(after:contexts:)``.
  package func split() {
    precondition(lanes == 1, "the network was split before")
    if step > 0 { endWindow() }
    laneCount = configuration.lanes
    for lane in 1..<max(lanes, 2) where lanes > 1 {
      window.copyState(from: window, row: 0, toLane: lane, cells: configuration.allCells)
    }
    schedule.split()
  }

  /// Puts what the window before has taught into effect, and begins to learn from this one.
  private func endWindow() {
    if isLearning { finishLearning() } else { publishRows() }
    window.rows = step * lanes
    window.lanes = lanes
    noteSlots()
    if learns {
      learner.task.window = window
      learner.task.rate = learningRate ?? schedule.rate
      learner.task.contextRate = schedule.contextRate
      learner.task.biasCorrection = schedule.biasCorrection
      isLearning = true
      if let worker { worker.start() } else { learner.learn() }
      schedule.advance(bytes: byteCount)
    }

    for lane in 0..<lanes {
      otherWindow.copyState(
        from: window, row: window.rows + lane, toLane: lane, cells: configuration.allCells)
    }
    (window, otherWindow) = (otherWindow, window)
    step = 0
  }

  func finishLearning() {
    if let worker {
      worker.wait(orUntil: { learner.hasOpenSteps })
      learner.help()
      worker.wait()
    }
    learner.close()
    (products, learner.task.products) = (learner.task.products, products)
    publishRows()
    isLearning = false
  }

  /// Once a window, even if nothing was learned: the pools have spare rows for one.
  private func publishRows() {
    for pool in byteEmbeddings { pool.publish() }
    embeddings.rows.publish()
    ngrams?.rows?.publish()
  }

  /// Notes where the rows of the window are now: later another context may take their place.
  private func noteSlots() {
    for index in 0..<window.rows * configuration.contexts {
      let row = Int(window.embeddingRows.pointer[index])
      window.embeddingSlots.pointer[index] = Int32(
        truncatingIfNeeded: embeddings.rows.slot(of: row))
    }
    if let rows = ngrams?.rows {
      for index in 0..<window.rows * configuration.ngrams where window.ngramRows.pointer[index] >= 0
      {
        window.ngramSlots.pointer[index] = Int32(
          truncatingIfNeeded: rows.slot(of: Int(window.ngramRows.pointer[index])))
      }
    }
    for layer in 0..<configuration.layers {
      for row in 0..<window.rows {
        window.inputSlots[layer].pointer[row] = Int32(
          truncatingIfNeeded: byteEmbeddings[layer].slot(of: Int(window.inputs.pointer[row])))
      }
    }
  }

  /// Takes over dense parameters that were written to `parameters`: both windows begin with them.
  func parametersChanged() {
    for (index, layer) in layout.layers.enumerated() {
      products.take(vectorsOfLayer: index, from: parameters.pointer + layer.gain.offset)
    }
    for matrix in layout.matrices {
      for first in stride(from: 0, to: matrix.rows, by: OptimiserStep.rows) {
        products.take(
          matrix, first, min(OptimiserStep.rows, matrix.rows - first),
          from: parameters.pointer + matrix.offset + first * matrix.columns, kernels: kernels)
      }
    }
    learner.task.products.update(from: products)
  }
}
