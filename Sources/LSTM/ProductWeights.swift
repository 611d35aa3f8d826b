// SPDX-License-Identifier: Apache-2.0

import CKernels
import Platform

/// The dense parameters as predictions and backpropagation read them, laid out by ``ParameterLayout``.
///
/// There are two: one is read while learning writes the other. The parameters themselves are there once:
/// nothing but learning reads them.
///
/// Products read 8-bit integers with a scale for each column of 32 rows, which is a quarter of the memory:
/// of a matrix to predict, of its transpose for gradients, which go through the rounding as if it were not
/// there (Bengio et al., "Estimating or propagating gradients through stochastic neurons", 2013).
final class ProductWeights {
  private let values: ZeroedBuffer<Int8>
  private let scales: FloatBuffer
  /// What the offset of the inputs adds to sums.
  private let offsets: ZeroedBuffer<Int32>
  /// Gain and bias of each layer.
  private let vectors: FloatBuffer
  private let vectorsWidth: Int
  /// Where the matrix begins among the parameters through which no gradient goes.
  private let untransposed: Int?

  /// Allocates zeros; `untransposed` is a matrix whose transpose is not used.
  init(_ layout: ParameterLayout, untransposed: ParameterLayout.Tensor?) {
    values = ZeroedBuffer(count: layout.valuesCount)
    scales = ZeroedBuffer(count: layout.scalesCount)
    offsets = ZeroedBuffer(count: layout.scalesCount)
    vectorsWidth = layout.vectorsWidth
    vectors = FloatBuffer(count: layout.layers.count * vectorsWidth)
    self.untransposed = untransposed?.offset
  }

  /// Bytes that such weights hold.
  static func requiredBytes(_ layout: ParameterLayout) -> Int {
    layout.valuesCount + 8 * layout.scalesCount + 4 * layout.layers.count * layout.vectorsWidth
  }

  /// Takes over rows `first ..< first + count` of a matrix from `weights`, where they lie one after the
  /// other; `first` is a multiple of the rows of a scale, which they do not exceed.
  func take(
    _ tensor: ParameterLayout.Tensor, _ first: Int, _ count: Int,
    from weights: UnsafePointer<Float>, kernels: Kernels
  ) {
    let matrix = tensor.quantised
    let panelColumns = ParameterLayout.Quantised.panelColumns
    let scale = matrix.scalesOffset + first / ParameterLayout.Quantised.scaledRows * panelColumns
    kernels.quantise(
      rows: count, columns: tensor.columns, weights,
      into: values.pointer + matrix.valuesOffset + first * panelColumns,
      panelStride: matrix.panelValues, scales: scales.pointer + scale,
      offsets: offsets.pointer + scale, panelStride: matrix.panelScales)
    guard tensor.offset != untransposed else { return }
    let transpose = tensor.transposed
    let panel = first / panelColumns
    let transposedScale = transpose.scalesOffset + panel * transpose.panelScales
    kernels.quantiseTranspose(
      rows: min(count, transpose.columns - first), columns: tensor.columns, weights,
      into: values.pointer + transpose.valuesOffset + panel * transpose.panelValues,
      panelStride: transpose.panelValues, scales: scales.pointer + transposedScale,
      offsets: offsets.pointer + transposedScale, panelStride: transpose.panelScales)
  }

  /// Takes over a layer's gain and bias, which lie one after the other.
  func take(vectorsOfLayer layer: Int, from parameters: UnsafePointer<Float>) {
    (vectors.pointer + layer * vectorsWidth).update(from: parameters, count: vectorsWidth)
  }

  /// A layer's gain, one a gate and cell.
  @inline(__always)
  func gain(layer: Int) -> UnsafePointer<Float> {
    UnsafePointer(vectors.pointer + layer * vectorsWidth)
  }

  /// A layer's bias, one a gate and cell.
  @inline(__always)
  func bias(layer: Int) -> UnsafePointer<Float> { gain(layer: layer) + vectorsWidth / 2 }

  /// `y = a b`, or `y += a b`, with `b` `columns` columns of a matrix, or all, from column `first`, a
  /// multiple of a panel's, on.
  @inline(__always)
  func multiply(
    _ inputs: QuantisedInputs, by matrix: ParameterLayout.Quantised, from first: Int = 0,
    columns: Int? = nil, into y: UnsafeMutablePointer<Float>, stride: Int, accumulating: Bool,
    kernels: Kernels
  ) {
    let panel = first / ParameterLayout.Quantised.panelColumns
    let scale = matrix.scalesOffset + panel * matrix.panelScales
    kernels.multiply(
      rows: inputs.rows, columns: columns ?? matrix.columns, depth: matrix.rows,
      inputs.values.pointer, stride: inputs.stride, scales: inputs.scales.pointer,
      values.pointer + matrix.valuesOffset + panel * matrix.panelValues,
      panelStride: matrix.panelValues,
      scales: scales.pointer + scale, offsets: offsets.pointer + scale,
      panelStride: matrix.panelScales,
      into: y, stride: stride, accumulating: accumulating)
  }

  /// Makes these weights those of another network of the same shape.
  func update(from other: ProductWeights) {
    values.pointer.update(from: other.values.pointer, count: values.count)
    scales.pointer.update(from: other.scales.pointer, count: scales.count)
    offsets.pointer.update(from: other.offsets.pointer, count: offsets.count)
    vectors.pointer.update(from: other.vectors.pointer, count: vectors.count)
  }
}

/// What a product multiplies by the weights: rows in 7-bit integers, with a scale each.
final class QuantisedInputs {
  let values: ZeroedBuffer<UInt8>
  let scales: FloatBuffer
  /// Numbers between two rows.
  private(set) var stride = 0
  private(set) var rows = 0

  /// Allocates for `rows` rows of at most `count` numbers.
  init(rows: Int, count: Int) {
    values = ZeroedBuffer(count: rows * count)
    scales = ZeroedBuffer(count: rows)
  }

  /// Quantises `rows` rows of `count` numbers, a multiple of 16, whose absolute values are at most
  /// `greatest`, or the greatest of the row if that is nil.
  @inline(__always)
  func fill(
    rows: Int, count: Int, _ x: UnsafePointer<Float>, stride inputStride: Int, greatest: Float?,
    kernels: Kernels
  ) {
    self.rows = rows
    stride = count
    for row in 0..<rows {
      let numbers = x + row * inputStride
      let greatest = greatest ?? kernels.greatestMagnitude(count: count, numbers)
      kernels.quantise(
        count: count, numbers, greatest: greatest, into: values.pointer + row * count)
      scales.pointer[row] = greatest * (1 / Float(LSTMZIP_INPUT_LIMIT))
    }
  }
}
