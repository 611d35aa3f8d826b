import CKernels

/// A deep LSTM that predicts the next byte and learns from every byte that it is shown.
///
/// The cell is that of Hochreiter and Schmidhuber ("Long short-term memory", 1997) with a forget
/// gate (Gers et al., 2000) and RMS norm (Zhang and Sennrich, 2019) on each gate's
/// pre-activations. `docs/NUMERICS.md` defines every operation and their order: two networks of one
/// configuration that are shown the same bytes hold the same bits, on any machine.
///
/// Not thread-safe: a network belongs to one task at a time.
public final class Network {
  /// The shape that the network was made with.
  public let configuration: NetworkConfiguration

  let kernels: Kernels
  let layout: ParameterLayout
  /// All dense parameters, laid out by ``ParameterLayout``; their gradient; their second moments.
  let parameters: FloatBuffer
  let gradient: FloatBuffer
  let secondMoments: FloatBuffer
  /// A layer: one row a value of the last byte, added to the gates' pre-activations.
  let byteEmbeddings: [FloatBuffer]
  /// A layer: the second moments of `byteEmbeddings`, one a row.
  let byteEmbeddingMoments: [FloatBuffer]
  let contexts: [Context]
  let embeddings: EmbeddingTable
  let window: WindowStorage
  var schedule: LearningSchedule
  var history = ContextHistory()
  /// Steps of the current window that are done, less the one that awaits its byte.
  var step = 0
  /// Bytes that the network was shown.
  private(set) var byteCount = 0
  private let rowPointers: UnsafeMutablePointer<UnsafePointer<Float>?>

  /// Makes a network with the initial weights of `seed`, ready to predict the first byte.
  ///
  /// - Throws: ``ConfigurationError`` if the configuration is not valid, or ``KernelError`` if the
  ///   instruction set that the environment asks for is not available.
  public convenience init(
    configuration: NetworkConfiguration, seed: UInt64 = NetworkConfiguration.defaultSeed
  ) throws {
    try self.init(configuration: configuration, seed: seed, kernels: Kernels.selected())
  }

  /// Makes a network that computes with the given kernels.
  init(
    configuration: NetworkConfiguration, seed: UInt64 = NetworkConfiguration.defaultSeed,
    kernels: Kernels
  ) throws(ConfigurationError) {
    try configuration.validate()
    self.configuration = configuration
    self.kernels = kernels
    layout = ParameterLayout(configuration)
    parameters = FloatBuffer(count: layout.count)
    gradient = FloatBuffer(count: layout.count)
    secondMoments = FloatBuffer(count: layout.count)
    let layers = 0..<configuration.layers
    byteEmbeddings = layers.map { _ in FloatBuffer(count: 256 * configuration.gateWidth) }
    byteEmbeddingMoments = layers.map { _ in FloatBuffer(count: 256) }
    contexts = configuration.contexts.contexts
    embeddings = EmbeddingTable(
      rowBits: contexts.isEmpty ? 2 : configuration.embeddingRowBits, width: configuration.gateWidth)
    window = WindowStorage(configuration)
    schedule = LearningSchedule(configuration)
    rowPointers = .allocate(capacity: Context.allCases.count)
    rowPointers.initialize(repeating: nil, count: Context.allCases.count)
    initialiseParameters(seed: seed)
    forward()
  }

  deinit {
    rowPointers.deallocate()
  }

  /// The probability of each value of the next byte; the sum is 1 but for rounding.
  ///
  /// Valid until the next call of ``update(byte:)``.
  public var probabilities: UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(start: window.probabilities.pointer + step * 256, count: 256)
  }

  /// Shows the network the next byte: learns when a window is full, then predicts the byte after.
  ///
  /// Complexity: some six multiply-adds a weight, most of them at the end of a window.
  public func update(byte: UInt8) {
    window.targets[step] = byte
    history.append(byte)
    byteCount += 1
    step += 1
    if step == schedule.window {
      learn()
      carryState()
      schedule.advance(bytes: byteCount)
      step = 0
    }
    forward()
  }

  /// Computes `probabilities` from the history and the state that the step before left.
  private func forward() {
    let width = configuration.gateWidth
    let cells = configuration.cells
    let input = history.lastByte
    window.inputs[step] = input
    gatherEmbeddings()
    let hiddenBefore = window.hidden.pointer + step * window.hiddenStride
    let hidden = hiddenBefore + window.hiddenStride
    let cellBefore = window.cell.pointer + step * configuration.allCells
    let cell = cellBefore + configuration.allCells
    let preActivation = window.preActivation.pointer
    for layer in 0..<configuration.layers {
      let tensors = layout.layers[layer]
      let first = layer * cells
      preActivation.update(
        from: byteEmbeddings[layer].pointer + Int(input) * width, count: width)
      if layer == 0 {
        kernels.addRows(width: width, count: contexts.count, rowPointers, to: preActivation)
      } else {
        kernels.multiply(
          rows: 1, columns: width, depth: cells,
          hidden + first - cells, rowStride: 0, columnStride: 1,
          parameters.pointer + tensors.lower.offset, stride: width,
          into: preActivation, stride: width, accumulating: true)
      }
      kernels.multiply(
        rows: 1, columns: width, depth: cells,
        hiddenBefore + first, rowStride: 0, columnStride: 1,
        parameters.pointer + tensors.recurrent.offset, stride: width,
        into: preActivation, stride: width, accumulating: true)
      kernels.cellForward(
        cells: cells, gates: configuration.gates, preActivation,
        gain: parameters.pointer + tensors.gain.offset,
        bias: parameters.pointer + tensors.bias.offset,
        previousCell: cellBefore + first,
        normalised: window.normalised[layer].pointer + step * width,
        inverseRMS: window.inverseRMS[layer].pointer + step * 4,
        activations: window.activations[layer].pointer + step * width,
        cell: cell + first,
        cellTanh: window.cellTanh.pointer + step * configuration.allCells + first,
        hidden: hidden + first)
    }
    let logits = window.probabilities.pointer + step * 256
    kernels.multiply(
      rows: 1, columns: 256, depth: configuration.allCells + 1,
      hidden, rowStride: 0, columnStride: 1,
      parameters.pointer + layout.output.offset, stride: 256,
      into: logits, stride: 256, accumulating: false)
    kernels.softmax(count: 256, logits, into: logits)
  }

  /// Finds the embedding rows of this step and notes them for `forward` and for learning.
  private func gatherEmbeddings() {
    for (index, context) in contexts.enumerated() {
      let row = embeddings.row(forHash: history.hash(of: context))
      window.embeddingRows[step * contexts.count + index] = Int32(truncatingIfNeeded: row)
      let pointer = embeddings.rows.pointer + row * embeddings.width
      kernels.prefetch(pointer, count: embeddings.width)
      rowPointers[index] = UnsafePointer(pointer)
    }
  }

  /// Makes the last step's state the first of the next window.
  private func carryState() {
    window.hidden.pointer.update(
      from: window.hidden.pointer + step * window.hiddenStride, count: configuration.allCells)
    window.cell.pointer.update(
      from: window.cell.pointer + step * configuration.allCells, count: configuration.allCells)
  }
}
import CKernels

/// Truncated backpropagation through time (Werbos, "Backpropagation through time", 1990) over one
/// window, and the step of the optimiser.
extension Network {
  /// Learns from the `step` steps of the window.
  func learn() {
    subtractTargets()
    backpropagateOutput()
    for layer in (0..<configuration.layers).reversed() {
      backpropagate(layer: layer)
    }
    updateParameters()
  }

  /// Makes the probabilities the gradient of the cross entropy by the logits.
  private func subtractTargets() {
    for time in 0..<step {
      window.probabilities.pointer[time * 256 + Int(window.targets[time])] -= 1
    }
  }

  /// From the logits' gradient to that of the output weights and of all layers' outputs.
  private func backpropagateOutput() {
    let cells = configuration.allCells
    let logitGradient = window.probabilities.pointer
    let transposed = window.transposed.pointer
    kernels.transpose(
      rows: cells, columns: 256, parameters.pointer + layout.output.offset, stride: 256,
      into: transposed, stride: cells)
    kernels.multiply(
      rows: step, columns: cells, depth: 256,
      logitGradient, rowStride: 256, columnStride: 1,
      transposed, stride: cells,
      into: window.hiddenGradient.pointer, stride: cells, accumulating: false)
    kernels.multiply(
      rows: cells + 1, columns: 256, depth: step,
      window.hidden.pointer + window.hiddenStride, rowStride: 1, columnStride: window.hiddenStride,
      logitGradient, stride: 256,
      into: gradient.pointer + layout.output.offset, stride: 256, accumulating: false)
  }

  /// From the gradient of a layer's outputs to that of its parameters and of the layer below.
  private func backpropagate(layer: Int) {
    let width = configuration.gateWidth
    let cells = configuration.cells
    let allCells = configuration.allCells
    let tensors = layout.layers[layer]
    let hiddenGradient = window.hiddenGradient.pointer + layer * cells
    let preGradient = window.preActivationGradient.pointer
    let transposed = window.transposed.pointer

    kernels.transpose(
      rows: cells, columns: width, parameters.pointer + tensors.recurrent.offset, stride: width,
      into: transposed, stride: cells)
    window.cellGradient.pointer.update(repeating: 0, count: cells)
    (gradient.pointer + tensors.gain.offset).update(repeating: 0, count: width)
    (gradient.pointer + tensors.bias.offset).update(repeating: 0, count: width)
    for time in (0..<step).reversed() {
      kernels.cellBackward(
        cells: cells, gates: configuration.gates,
        hiddenGradient: hiddenGradient + time * allCells,
        cellGradient: window.cellGradient.pointer,
        gain: parameters.pointer + tensors.gain.offset,
        previousCell: window.cell.pointer + time * allCells + layer * cells,
        normalised: window.normalised[layer].pointer + time * width,
        inverseRMS: window.inverseRMS[layer].pointer + time * 4,
        activations: window.activations[layer].pointer + time * width,
        cellTanh: window.cellTanh.pointer + time * allCells + layer * cells,
        preActivationGradient: preGradient + time * width,
        gainGradient: gradient.pointer + tensors.gain.offset,
        biasGradient: gradient.pointer + tensors.bias.offset)
      if time > 0 {
        kernels.multiply(
          rows: 1, columns: cells, depth: width,
          preGradient + time * width, rowStride: 0, columnStride: 1,
          transposed, stride: cells,
          into: hiddenGradient + (time - 1) * allCells, stride: cells, accumulating: true)
      }
    }
    kernels.multiply(
      rows: cells, columns: width, depth: step,
      window.hidden.pointer + layer * cells, rowStride: 1, columnStride: window.hiddenStride,
      preGradient, stride: width,
      into: gradient.pointer + tensors.recurrent.offset, stride: width, accumulating: false)
    if layer > 0 {
      backpropagateToLayer(below: layer)
    }
    updateEmbeddings(layer: layer)
  }

  private func backpropagateToLayer(below layer: Int) {
    let width = configuration.gateWidth
    let cells = configuration.cells
    let lower = layout.layers[layer].lower
    let preGradient = window.preActivationGradient.pointer
    kernels.transpose(
      rows: cells, columns: width, parameters.pointer + lower.offset, stride: width,
      into: window.transposed.pointer, stride: cells)
    kernels.multiply(
      rows: step, columns: cells, depth: width,
      preGradient, rowStride: width, columnStride: 1,
      window.transposed.pointer, stride: cells,
      into: window.hiddenGradient.pointer + (layer - 1) * cells, stride: configuration.allCells,
      accumulating: true)
    kernels.multiply(
      rows: cells, columns: width, depth: step,
      window.hidden.pointer + window.hiddenStride + (layer - 1) * cells,
      rowStride: 1, columnStride: window.hiddenStride,
      preGradient, stride: width,
      into: gradient.pointer + lower.offset, stride: width, accumulating: false)
  }

  /// Takes a step for each embedding row that the window used, from its last step to its first: a
  /// row's gradient is the pre-activations' own.
  private func updateEmbeddings(layer: Int) {
    let width = configuration.gateWidth
    let byteRate = schedule.rate * LearningSchedule.byteEmbeddingFactor
    for time in (0..<step).reversed() {
      let rowGradient = window.preActivationGradient.pointer + time * width
      let meanSquare = kernels.meanSquare(count: width, rowGradient)
      let input = Int(window.inputs[time])
      kernels.rowStep(
        width: width, byteEmbeddings[layer].pointer + input * width, gradient: rowGradient,
        meanSquare: meanSquare, secondMoment: byteEmbeddingMoments[layer].pointer + input, rate: byteRate,
        beta2: LearningSchedule.rowBeta2, epsilon: LearningSchedule.epsilon)
      guard layer == 0 else { continue }
      for index in 0..<contexts.count {
        let row = Int(window.embeddingRows[time * contexts.count + index])
        kernels.rowStep(
          width: width, embeddings.rows.pointer + row * width, gradient: rowGradient,
          meanSquare: meanSquare, secondMoment: embeddings.secondMoments.pointer + row, rate: schedule.rate,
          beta2: LearningSchedule.rowBeta2, epsilon: LearningSchedule.epsilon)
      }
    }
  }

  /// Adam with beta 1 = 0 over all dense parameters at once.
  private func updateParameters() {
    // Adam divides by sqrt(v * correction) + epsilon: the correction moves to the rate and epsilon.
    kernels.optimiserStep(
      count: layout.count, parameters.pointer, gradient: gradient.pointer,
      secondMoments: secondMoments.pointer, gradientScale: 1,
      rate: schedule.rate / schedule.biasCorrection, beta2: LearningSchedule.denseBeta2,
      epsilon: LearningSchedule.epsilon / schedule.biasCorrection)
  }
}
/// The context embeddings: rows of gate pre-activations, found by a context's hash.
///
/// One pool of rows serves all contexts, so that contexts with few values leave room to those with
/// many. A row belongs to a bucket of four and carries a check of its context's hash, as the slots
/// of paq's hash tables do: a context that finds no row of its own takes the least confident one of
/// its bucket and starts from zero, while the others of the bucket lose confidence.
///
/// Each row has one second moment, the running mean of its gradient's mean square. It starts at
/// zero and is not corrected for that, so that the first steps of a new row are long: what a context
/// has seen once is worth more than what a general rate would teach.
final class EmbeddingTable {
  /// Rows of a bucket.
  private static let bucketSize = 4
  private static let greatestConfidence: UInt8 = 60

  /// Floats a row.
  let width: Int
  /// All rows, one after the other.
  let rows: FloatBuffer
  /// One running mean square a row.
  let secondMoments: FloatBuffer
  private let checks: UnsafeMutablePointer<UInt16>
  private let confidences: UnsafeMutablePointer<UInt8>
  private let rowBits: Int

  /// Makes `2^rowBits` rows of `width` zeros.
  init(rowBits: Int, width: Int) {
    let count = 1 << rowBits
    self.rowBits = rowBits
    self.width = width
    rows = FloatBuffer(count: count * width)
    secondMoments = FloatBuffer(count: count)
    checks = .allocate(capacity: count)
    checks.initialize(repeating: 0, count: count)
    confidences = .allocate(capacity: count)
    confidences.initialize(repeating: 0, count: count)
  }

  deinit {
    checks.deallocate()
    confidences.deallocate()
  }

  /// Bytes that a table of this size holds.
  static func requiredBytes(rowBits: Int, width: Int) -> Int {
    (1 << rowBits) * (width * 4 + 4 + 2 + 1)
  }

  /// The number of the row that belongs to the context with the given hash, which is made if there
  /// is none.
  func row(forHash hash: UInt64) -> Int {
    let first = Int(hash >> UInt64(64 - rowBits))
    // 0 marks a row that was never used.
    let check = UInt16(truncatingIfNeeded: hash) | 1
    var weakest = first
    for offset in 0..<Self.bucketSize {
      let row = first ^ offset
      if checks[row] == check {
        if confidences[row] < Self.greatestConfidence { confidences[row] += 1 }
        return row
      }
      if confidences[row] < confidences[weakest] { weakest = row }
    }
    replace(weakest, inBucketOf: first, check: check)
    return weakest
  }

  private func replace(_ row: Int, inBucketOf first: Int, check: UInt16) {
    for offset in 0..<Self.bucketSize {
      let other = first ^ offset
      if other != row && confidences[other] > 0 { confidences[other] -= 1 }
    }
    if checks[row] != 0 {
      (rows.pointer + row * width).update(repeating: 0, count: width)
      secondMoments.pointer[row] = 0
    }
    checks[row] = check
    confidences[row] = 1
  }
}
