// SPDX-License-Identifier: Apache-2.0

import CKernels
import Platform

/// Where each dense tensor lies in the one block that holds them all.
///
/// One block, so that the optimiser takes its step in a single pass.
struct ParameterLayout {
  /// A matrix in row-major order, or a vector as one row.
  struct Tensor: Hashable, Sendable {
    /// First float in the block.
    var offset: Int
    var rows: Int
    var columns: Int
    var count: Int { rows * columns }
    /// Where ``ProductWeights`` has the matrix, and its transpose without the last row of biases.
    var quantised: Quantised
    var transposed: Quantised
  }

  /// A matrix in 8 bits in panels of columns: see `CKernels.h`.
  struct Quantised: Hashable, Sendable {
    /// Its first integer, and its first scale.
    var valuesOffset: Int
    var scalesOffset: Int
    var rows: Int
    var columns: Int
    /// Integers and scales of a panel.
    var panelValues: Int { (rows + 3) / 4 * 4 * Self.panelColumns }
    var panelScales: Int { (rows + Self.scaledRows - 1) / Self.scaledRows * Self.panelColumns }
    var panels: Int { columns / Self.panelColumns }

    static let panelColumns = Int(LSTMZIP_PANEL_COLUMNS)
    static let scaledRows = Int(LSTMZIP_SCALED_ROWS)
  }

  /// The dense tensors of one layer.
  struct Layer: Hashable, Sendable {
    /// From the layer's own last output to its gates: cells x gate width.
    var recurrent: Tensor
    /// From the layer below to the gates: cells x gate width; in the first layer from the n-gram
    /// embeddings, of as many rows as they have numbers.
    var lower: Tensor
    /// RMS norm's gain, one a gate and cell.
    var gain: Tensor
    /// Added after the norm, one a gate and cell.
    var bias: Tensor
  }

  var layers: [Layer] = []
  /// From the outputs of all layers and a constant 1 to the logits: (all cells + 1) x 256.
  ///
  /// The last row is the bias.
  var output: Tensor
  /// Floats of the block.
  var count: Int
  /// Integers and scales of ``ProductWeights``.
  var valuesCount: Int
  var scalesCount: Int

  /// Lays out the tensors of a network, layer by layer and then the output.
  init(_ configuration: NetworkConfiguration) {
    var end = 0
    var (values, scales) = (0, 0)
    func quantised(rows: Int, columns: Int) -> Quantised {
      let matrix = Quantised(
        valuesOffset: values, scalesOffset: scales, rows: rows, columns: columns)
      values += matrix.panels * matrix.panelValues
      scales += matrix.panels * matrix.panelScales
      return matrix
    }
    func tensor(rows: Int, columns: Int) -> Tensor {
      defer { end += rows * columns }
      // Gain and bias, of one row, are not multiplied.
      let (quantisedRows, width) = rows > 1 ? (rows, columns) : (0, 0)
      let transposedRows = rows / Quantised.panelColumns * Quantised.panelColumns
      return Tensor(
        offset: end, rows: rows, columns: columns,
        quantised: quantised(rows: quantisedRows, columns: width),
        transposed: quantised(rows: width, columns: transposedRows))
    }
    let cells = configuration.cells
    let width = configuration.gateWidth
    for layer in 0..<configuration.layers {
      layers.append(
        Layer(
          recurrent: tensor(rows: cells, columns: width),
          lower: tensor(
            rows: layer == 0 ? configuration.features : cells,
            columns: width),
          gain: tensor(rows: 1, columns: width),
          bias: tensor(rows: 1, columns: width)))
    }
    output = tensor(rows: configuration.allCells + 1, columns: 256)
    count = end
    (valuesCount, scalesCount) = (values, scales)
  }

  /// Floats of a layer's gain and bias, which lie one after the other.
  var vectorsWidth: Int { layers.isEmpty ? 0 : 2 * layers[0].gain.count }

  /// The matrices.
  var matrices: [Tensor] { layers.flatMap { [$0.recurrent, $0.lower] } + [output] }

  /// Every tensor, in the order of the block.
  var tensors: [Tensor] {
    layers.flatMap { [$0.recurrent, $0.lower, $0.gain, $0.bias] } + [output]
  }
}

/// What the kernels read and write.
typealias FloatBuffer = ZeroedBuffer<Float>
