// SPDX-License-Identifier: Apache-2.0

/// Backpropagation through time: `docs/NUMERICS.md`, section 3, "The gradient".
extension ReferenceNetwork {
  /// The gradient of a window's cross entropy, in nats.
  package struct Gradient {
    package var dense: Dense
    /// Of the pre-activations, which is that of each embedding row that was added to them.
    package var preActivations: [[[Scalar]]]  // (layers, rows, gateWidth)
    /// Of the numbers of the n-grams.
    package var features: [[Scalar]]  // (rows, features)
  }

  /// Goes back through a window: a step of each lane, then the next step of each, ...: (rows).
  package func gradient(of steps: [Step], lanes: Int) -> Gradient {
    let logits = steps.map { step in  // (rows, 256)
      var gradient = step.probabilities
      gradient[Int(step.target)] -= 1
      return gradient
    }
    let output = transposed(Array(dense.output.dropLast()))
    var outputs = logits.map { Scalar.product($0, output, greatest: nil, addedTo: nil) }
    var gradient = Gradient(dense: dense, preActivations: [], features: [])
    gradient.dense.output = ReferenceKernels.sumOfOuterProducts(steps.map(\.outputs), logits)
    for layer in (0..<configuration.layers).reversed() {
      let z = goBack(
        throughLayer: layer, steps, lanes, &outputs, &gradient.dense.layers[layer])
      gradient.preActivations.insert(z, at: 0)
    }
    let lower = transposed(dense.layers[0].lower)
    gradient.features = gradient.preActivations[0].map {
      Scalar.product($0, lower, greatest: nil, addedTo: nil)
    }
    return gradient
  }

  /// The gradient of a layer's pre-activations (rows, gateWidth).
  ///
  /// `outputs`, (rows, allCells), is the gradient of all layers' outputs: what this layer passes on
  /// to earlier steps and to the layer below is added to it.
  private func goBack(
    throughLayer l: Int, _ steps: [Step], _ lanes: Int, _ outputs: inout [[Scalar]],
    _ gradient: inout Dense.Layer
  ) -> [[Scalar]] {
    let layer = dense.layers[l]
    let cells = configuration.cells
    let own = l * cells..<(l + 1) * cells
    let zeros = [Scalar](repeating: 0, count: configuration.gateWidth)
    let recurrent = transposed(layer.recurrent)
    var sums = ReferenceKernels.CellGradients(cell: [], pre: zeros, gain: zeros, bias: zeros)
    var cell = [[Scalar]](repeating: Array(zeros[0..<cells]), count: lanes)  // (lanes, cells)
    var z = [[Scalar]](repeating: zeros, count: steps.count)  // (rows, gateWidth)
    for row in steps.indices.reversed() {
      sums.cell = cell[row % lanes]
      sums = ReferenceKernels.cellBackward(
        cells: cells, gates: configuration.gates, hiddenGradient: Array(outputs[row][own]),
        gain: layer.gain, previousCell: steps[row].before.cell[l], steps[row].layers[l], sums)
      (cell[row % lanes], z[row]) = (sums.cell, sums.pre)
      if row >= lanes {
        addProduct(z[row], recurrent, to: &outputs[row - lanes], own)
      }
    }
    (gradient.gain, gradient.bias) = (sums.gain, sums.bias)
    gradient.recurrent = ReferenceKernels.sumOfOuterProducts(steps.map { $0.before.hidden[l] }, z)
    gradient.lower = ReferenceKernels.sumOfOuterProducts(
      steps.map { l == 0 ? $0.features : $0.layers[l - 1].hidden }, z)
    if l > 0 {
      let lower = transposed(layer.lower)
      for row in steps.indices {
        addProduct(z[row], lower, to: &outputs[row], own.lowerBound - cells..<own.lowerBound)
      }
    }
    return z
  }

  private func addProduct(
    _ a: [Scalar], _ matrix: Scalar.Factor, to y: inout [Scalar], _ range: Range<Int>
  ) {
    y.replaceSubrange(
      range, with: Scalar.product(a, matrix, greatest: nil, addedTo: Array(y[range])))
  }

  private func transposed(_ matrix: [[Scalar]]) -> Scalar.Factor {
    Scalar.factor(
      (matrix.first ?? []).indices.map { column in matrix.map { $0[column] } })
  }
}
