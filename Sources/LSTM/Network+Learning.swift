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
      window.probabilities.pointer[time * 256 + Int(window.targets.pointer[time])] -= 1
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
      let input = Int(window.inputs.pointer[time])
      kernels.rowStep(
        width: width, byteEmbeddings[layer].pointer + input * width, gradient: rowGradient,
        meanSquare: meanSquare, secondMoment: byteEmbeddingMoments[layer].pointer + input,
        rate: byteRate,
        beta2: LearningSchedule.rowBeta2, epsilon: LearningSchedule.epsilon)
      guard layer == 0 else { continue }
      for index in 0..<contexts.count {
        let row = Int(window.embeddingRows.pointer[time * contexts.count + index])
        kernels.rowStep(
          width: width, embeddings.rows.pointer + row * width, gradient: rowGradient,
          meanSquare: meanSquare, secondMoment: embeddings.secondMoments.pointer + row,
          rate: schedule.rate,
          beta2: LearningSchedule.rowBeta2, epsilon: LearningSchedule.epsilon)
      }
    }
  }

  /// Adam with beta 1 = 0 over all dense parameters at once.
  private func updateParameters() {
    // Adam divides by sqrt(v * correction) + epsilon: the correction moves to the rate and epsilon.
    kernels.optimiserStep(
      count: layout.count, parameters.pointer, gradient: gradient.pointer,
      secondMoments: secondMoments.pointer,
      rate: schedule.rate / schedule.biasCorrection, beta2: LearningSchedule.denseBeta2,
      epsilon: LearningSchedule.epsilon / schedule.biasCorrection)
  }
}
