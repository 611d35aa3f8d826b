// SPDX-License-Identifier: Apache-2.0

import CKernels

/// The gradients of the activations, from a window's last step to its first.
extension Learner {
  /// Makes the probabilities the gradient of the cross entropy by the logits.
  func subtractTargets() {
    for row in 0..<window.rows {
      window.probabilities.pointer[row * 256 + Int(window.targets.pointer[row])] -= 1
    }
  }

  /// From the logits' gradient to that of all layers' outputs.
  func backpropagateOutput() {
    let cells = configuration.allCells
    multiply(
      window.probabilities.pointer, rows: window.rows, by: layout.output,
      into: hiddenGradient.pointer, stride: cells, accumulating: false)
  }

  /// From the gradient of a layer's outputs to that of its pre-activations, and of the outputs of
  /// the layer below.
  func backpropagate(layer: Int) {
    let width = configuration.gateWidth
    let cells = configuration.cells
    cellGradient.pointer.update(repeating: 0, count: window.lanes * cells)
    vectorGradients[layer].pointer.update(repeating: 0, count: 2 * width)
    for firstRow in stride(from: window.rows - window.lanes, through: 0, by: -window.lanes) {
      backpropagateStep(layer: layer, firstRow: firstRow)
    }
    if layer > 0 {
      backpropagateToLayer(below: layer)
    } else if ngrams != nil {
      backpropagateToFeatures()
    }
  }

  /// One step of all lanes, whose rows begin at `firstRow`.
  private func backpropagateStep(layer: Int, firstRow: Int) {
    let width = configuration.gateWidth
    let cells = configuration.cells
    let allCells = configuration.allCells
    let lanes = window.lanes
    let recurrent = layout.layers[layer].recurrent
    let hiddenGradient = hiddenGradient.pointer + layer * cells
    for lane in (0..<lanes).reversed() {
      let row = firstRow + lane
      kernels.cellBackward(
        cells: cells, gates: configuration.gates,
        hiddenGradient: hiddenGradient + row * allCells,
        cellGradient: cellGradient.pointer + lane * cells,
        gain: task.products.gain(layer: layer),
        previousCell: window.cell.pointer + row * allCells + layer * cells,
        normalised: window.normalised[layer].pointer + row * width,
        inverseRMS: window.inverseRMS[layer].pointer + row * 4,
        activations: window.activations[layer].pointer + row * width,
        cellTanh: window.cellTanh.pointer + row * allCells + layer * cells,
        preActivationGradient: preActivationGradients[layer].pointer + row * width,
        gainGradient: vectorGradients[layer].pointer,
        biasGradient: vectorGradients[layer].pointer + width)
    }
    guard firstRow > 0 else { return }
    multiply(
      preActivationGradients[layer].pointer + firstRow * width, rows: lanes, by: recurrent,
      into: hiddenGradient + (firstRow - lanes) * allCells, stride: allCells, accumulating: true)
  }

  private func backpropagateToLayer(below layer: Int) {
    multiply(
      preActivationGradients[layer].pointer, rows: window.rows, by: layout.layers[layer].lower,
      into: hiddenGradient.pointer + (layer - 1) * configuration.cells,
      stride: configuration.allCells, accumulating: true)
  }

  private func backpropagateToFeatures() {
    multiply(
      preActivationGradients[0].pointer, rows: window.rows, by: layout.layers[0].lower,
      into: featureGradient.pointer, stride: configuration.features, accumulating: false)
  }

  /// The gradient of what a matrix was multiplied by, from rows of that of the product.
  private func multiply(
    _ gradient: UnsafePointer<Float>, rows: Int, by tensor: ParameterLayout.Tensor,
    into y: UnsafeMutablePointer<Float>, stride: Int, accumulating: Bool
  ) {
    inputs.fill(
      rows: rows, count: tensor.columns, gradient, stride: tensor.columns, greatest: nil,
      kernels: kernels)
    task.products.multiply(
      inputs, by: tensor.transposed, into: y, stride: stride, accumulating: accumulating,
      kernels: kernels)
  }
}
