/// The matrices of a network as its products read them, laid out by ``ParameterLayout``.
///
/// Prediction reads 8-bit integers with a scale for each column of 32 rows, which is a quarter of the
/// memory; backpropagation reads transposes in bfloat16. (Integers for the forward pass alone, with
/// gradients that go through the rounding as if it were not there: Bengio et al., "Estimating or
/// propagating gradients through stochastic neurons", 2013.)
final class ProductWeights {
  private let values: ZeroedBuffer<Int8>
  private let scales: FloatBuffer
  private let transposes: ZeroedBuffer<UInt32>
  /// Where the matrix begins among the parameters through which no gradient goes.
  private let untransposed: Int?

  /// Allocates zeros; `untransposed` is a matrix that ``transpose(_:)`` is not asked for.
  init(_ layout: ParameterLayout, untransposed: ParameterLayout.Tensor?) {
    values = ZeroedBuffer(count: layout.valuesCount)
    scales = ZeroedBuffer(count: layout.scalesCount)
    transposes = ZeroedBuffer(count: layout.transposedCount)
    self.untransposed = untransposed?.offset
  }

  /// Bytes that such weights hold.
  static func requiredBytes(_ layout: ParameterLayout) -> Int {
    layout.valuesCount + 4 * layout.scalesCount + 4 * layout.transposedCount
  }

  /// Takes over rows `first ..< first + count` of a matrix from `weights`, where they lie one after the
  /// other; `first` is a multiple of the rows of a scale.
  func take(
    _ tensor: ParameterLayout.Tensor, _ first: Int, _ count: Int,
    from weights: UnsafePointer<Float>,
    kernels: Kernels
  ) {
    for row in stride(from: first, to: first + count, by: ParameterLayout.Tensor.scaledRows) {
      let rows = min(ParameterLayout.Tensor.scaledRows, first + count - row)
      kernels.quantise(
        rows: rows, columns: tensor.columns, weights + (row - first) * tensor.columns,
        into: values.pointer + tensor.valuesOffset + row * ParameterLayout.Tensor.panelColumns,
        panelStride: tensor.panelValues,
        scales: scales.pointer + tensor.scalesOffset + row / ParameterLayout.Tensor.scaledRows
          * ParameterLayout.Tensor.panelColumns, panelStride: tensor.panelScales)
    }
    guard tensor.offset != untransposed else { return }
    kernels.transpose(
      rows: min(count, tensor.transposedRows - first), columns: tensor.columns, weights,
      into: transposes.pointer + tensor.transposedOffset + first, stride: tensor.transposedRows)
  }

  /// The transpose of a matrix's even number of rows, in bfloat16, two of its columns a word.
  func transpose(_ tensor: ParameterLayout.Tensor) -> UnsafePointer<UInt32> {
    UnsafePointer(transposes.pointer + tensor.transposedOffset)
  }

  /// `y = a b`, or `y += a b`, with `b` `columns` columns of a matrix from column `first`, a multiple of
  /// a panel's, on.
  @inline(__always)
  func multiply(
    _ inputs: QuantisedInputs, by tensor: ParameterLayout.Tensor, from first: Int = 0, columns: Int,
    into y: UnsafeMutablePointer<Float>, stride: Int, accumulating: Bool, kernels: Kernels
  ) {
    let panel = first / ParameterLayout.Tensor.panelColumns
    kernels.multiply(
      rows: inputs.rows, columns: columns, depth: tensor.rows,
      inputs.values.pointer, stride: inputs.stride, scales: inputs.scales.pointer,
      values.pointer + tensor.valuesOffset + panel * tensor.panelValues,
      panelStride: tensor.panelValues,
      scales: scales.pointer + tensor.scalesOffset + panel * tensor.panelScales,
      panelStride: tensor.panelScales,
      into: y, stride: stride, accumulating: accumulating)
  }

  /// Makes these weights those of another network of the same shape.
  func update(from other: ProductWeights) {
    values.pointer.update(from: other.values.pointer, count: values.count)
    scales.pointer.update(from: other.scales.pointer, count: scales.count)
    transposes.pointer.update(from: other.transposes.pointer, count: transposes.count)
  }
}

/// What a product multiplies by the weights: rows in 16-bit integers, with a scale each.
final class QuantisedInputs {
  let values: ZeroedBuffer<Int16>
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
      scales.pointer[row] = greatest * (1 / 32767)
    }
  }
}
