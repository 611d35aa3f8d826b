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
  let history = ContextHistory()
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
      rowBits: contexts.isEmpty ? 2 : configuration.embeddingRowBits, width: configuration.gateWidth
    )
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
    window.targets.pointer[step] = byte
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
  func forward() {
    let width = configuration.gateWidth
    let cells = configuration.cells
    let input = history.lastByte
    window.inputs.pointer[step] = input
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
      window.embeddingRows.pointer[step * contexts.count + index] = Int32(truncatingIfNeeded: row)
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
