// SPDX-License-Identifier: Apache-2.0

import Platform

/// What the forward steps of one window leave for backpropagation.
///
/// Matrices are in row-major order, one row a step and lane: row `t * lanes + l` is that of step `t`
/// in lane `l`. `hidden` and `cell` begin with `lanes` rows more, the state that the window before
/// left: their row `(t + 1) * lanes + l` is that of step `t`.
final class WindowStorage {
  /// Floats of a row of `hidden`: the outputs of all layers, then a 1, for the output's bias, then
  /// zeros.
  let hiddenStride: Int
  /// (rows + lanes) x `hiddenStride`.
  let hidden: FloatBuffer
  /// (rows + lanes) x all cells.
  let cell: FloatBuffer
  /// rows x all cells: tanh of the cell.
  let cellTanh: FloatBuffer
  /// A layer: rows x gate width, the pre-activations after the RMS norm.
  let normalised: [FloatBuffer]
  /// A layer: rows x gate width, the gates.
  let activations: [FloatBuffer]
  /// A layer: rows x 4, the inverse root mean square of each gate.
  let inverseRMS: [FloatBuffer]
  /// rows x 256.
  let probabilities: FloatBuffer
  /// rows x contexts: the embedding rows of each step, and their slots when learning begins.
  let embeddingRows: ZeroedBuffer<Int32>
  let embeddingSlots: ZeroedBuffer<Int32>
  /// rows x n-grams: the n-gram rows of each step, -1 for none, and their slots when learning begins.
  let ngramRows: ZeroedBuffer<Int32>
  let ngramSlots: ZeroedBuffer<Int32>
  /// rows x features: the n-gram embeddings of each step.
  let features: FloatBuffer
  /// The byte before each step, and the slots of its rows, a layer at a time.
  let inputs: ZeroedBuffer<UInt8>
  let inputSlots: [ZeroedBuffer<Int32>]
  /// The byte after each step.
  let targets: ZeroedBuffer<UInt8>
  /// Rows that are in use, and the lanes that they belong to.
  var rows = 0
  var lanes = 1

  /// Allocates for windows of at most `rows` rows in at most `lanes` lanes.
  init(_ configuration: NetworkConfiguration, rows: Int, lanes: Int) {
    let width = configuration.gateWidth
    let cells = configuration.allCells
    let layers = 0..<configuration.layers
    hiddenStride = cells + 16
    hidden = FloatBuffer(count: (rows + lanes) * hiddenStride)
    cell = FloatBuffer(count: (rows + lanes) * cells)
    cellTanh = FloatBuffer(count: rows * cells)
    normalised = layers.map { _ in FloatBuffer(count: rows * width) }
    activations = layers.map { _ in FloatBuffer(count: rows * width) }
    inverseRMS = layers.map { _ in FloatBuffer(count: rows * 4) }
    probabilities = FloatBuffer(count: rows * 256)
    embeddingRows = ZeroedBuffer(count: rows * configuration.contexts)
    embeddingSlots = ZeroedBuffer(count: rows * configuration.contexts)
    ngramRows = ZeroedBuffer(count: rows * configuration.ngrams)
    ngramSlots = ZeroedBuffer(count: rows * configuration.ngrams)
    features = FloatBuffer(count: rows * configuration.features)
    inputs = ZeroedBuffer(count: rows)
    inputSlots = layers.map { _ in ZeroedBuffer(count: rows) }
    targets = ZeroedBuffer(count: rows)
    for row in 0..<rows + lanes {
      hidden.pointer[row * hiddenStride + cells] = 1
    }
  }

  /// Copies the state that row `source` of another window ended with to the start of lane `lane`.
  func copyState(from other: WindowStorage, row source: Int, toLane lane: Int, cells: Int) {
    (hidden.pointer + lane * hiddenStride).update(
      from: other.hidden.pointer + source * hiddenStride, count: cells)
    (cell.pointer + lane * cells).update(from: other.cell.pointer + source * cells, count: cells)
  }

  /// Makes the state at the start of a lane zeros.
  func clearState(lane: Int, cells: Int) {
    (hidden.pointer + lane * hiddenStride).update(repeating: 0, count: cells)
    (cell.pointer + lane * cells).update(repeating: 0, count: cells)
  }

  /// The outputs and the cells at the start of all lanes.
  func hiddenState(lanes: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: hidden.pointer, count: lanes * hiddenStride * 4)
  }
  func cellState(lanes: Int, cells: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: cell.pointer, count: lanes * cells * 4)
  }

  /// Bytes that the storage of such a network holds.
  static func requiredBytes(_ configuration: NetworkConfiguration, rows: Int, lanes: Int) -> Int {
    let cells = configuration.allCells
    let width = configuration.gateWidth
    let perRow =
      4 * cells + 16 + configuration.layers * (2 * width + 5) + 257 + 2 * configuration.contexts
      + 2 * configuration.ngrams + configuration.features
    return 4 * (rows + lanes) * perRow
  }
}
