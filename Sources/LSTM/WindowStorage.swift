/// What the forward steps of one window leave for backpropagation, and backpropagation's own space.
///
/// Matrices are in row-major order, one row a step. `hidden` and `cell` have one row more: row 0 is
/// the state that the window before left, row `t + 1` is that of step `t`.
final class WindowStorage {
  /// Floats of a row of `hidden`: the outputs of all layers, then a 1, for the output's bias, then
  /// zeros.
  let hiddenStride: Int
  /// (steps + 1) x `hiddenStride`.
  let hidden: FloatBuffer
  /// (steps + 1) x all cells.
  let cell: FloatBuffer
  /// steps x all cells: tanh of the cell.
  let cellTanh: FloatBuffer
  /// A layer: steps x gate width, the pre-activations after the RMS norm.
  let normalised: [FloatBuffer]
  /// A layer: steps x gate width, the gates.
  let activations: [FloatBuffer]
  /// A layer: steps x 4, the inverse root mean square of each gate.
  let inverseRMS: [FloatBuffer]
  /// steps x 256.
  let probabilities: FloatBuffer
  /// The pre-activations of one step.
  let preActivation: FloatBuffer
  /// steps x all cells: the gradient of the outputs.
  let hiddenGradient: FloatBuffer
  /// The gradient of one layer's cell.
  let cellGradient: FloatBuffer
  /// steps x gate width: the gradient of one layer's pre-activations.
  let preActivationGradient: FloatBuffer
  /// The transpose of a weight matrix.
  let transposed: FloatBuffer
  /// steps x contexts: the embedding rows of each step.
  let embeddingRows: ZeroedBuffer<Int32>
  /// The byte before each step.
  let inputs: ZeroedBuffer<UInt8>
  /// The byte after each step.
  let targets: ZeroedBuffer<UInt8>

  /// Allocates for windows of the configuration's longest.
  init(_ configuration: NetworkConfiguration) {
    let steps = configuration.longestWindow
    let width = configuration.gateWidth
    let cells = configuration.allCells
    let layers = 0..<configuration.layers
    hiddenStride = cells + 16
    hidden = FloatBuffer(count: (steps + 1) * hiddenStride)
    cell = FloatBuffer(count: (steps + 1) * cells)
    cellTanh = FloatBuffer(count: steps * cells)
    normalised = layers.map { _ in FloatBuffer(count: steps * width) }
    activations = layers.map { _ in FloatBuffer(count: steps * width) }
    inverseRMS = layers.map { _ in FloatBuffer(count: steps * 4) }
    probabilities = FloatBuffer(count: steps * 256)
    preActivation = FloatBuffer(count: width)
    hiddenGradient = FloatBuffer(count: steps * cells)
    cellGradient = FloatBuffer(count: configuration.cells)
    preActivationGradient = FloatBuffer(count: steps * width)
    transposed = FloatBuffer(count: max(cells * 256, configuration.cells * width))
    embeddingRows = ZeroedBuffer(count: steps * configuration.contexts.contexts.count)
    inputs = ZeroedBuffer(count: steps)
    targets = ZeroedBuffer(count: steps)
    for step in 0...steps {
      hidden.pointer[step * hiddenStride + cells] = 1
    }
  }

  /// Bytes that the storage of such a network holds.
  static func requiredBytes(_ configuration: NetworkConfiguration) -> Int {
    let steps = configuration.longestWindow + 1
    let cells = configuration.allCells
    let width = configuration.gateWidth
    let perStep =
      4 * cells + 16 + configuration.layers * (2 * width + 4) + 256 + width
      + configuration.contexts.contexts.count
    return 4 * (steps * perStep + max(cells * 256, configuration.cells * width) + 2 * width)
  }
}
