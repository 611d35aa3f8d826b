// SPDX-License-Identifier: Apache-2.0

import CKernels
import Platform
import Synchronization

/// Truncated backpropagation through time (Werbos, "Backpropagation through time", 1990) over one
/// window, and the step of the optimiser.
///
/// Works beside a network that goes on predicting: it reads a window that is full and the weights
/// that the window was predicted with, and writes only what nobody reads yet. First the gradients of
/// the activations, from the last step to the first; then, tensor by tensor in blocks of rows, the
/// gradient of the weights and at once the optimiser's step, so that a block's gradient never leaves
/// the cache. The blocks do not depend on each other: a thread that has nothing else to do helps.
final class Learner: @unchecked Sendable {
  let configuration: NetworkConfiguration
  let layout: ParameterLayout
  let kernels: Kernels
  /// The dense parameters; only learning reads them.
  private let parameters: FloatBuffer
  /// Their second moments.
  let secondMoments: FloatBuffer
  /// A layer: the gradient of gain and bias, one after the other.
  let vectorGradients: [FloatBuffer]
  /// rows x all cells: the gradient of the outputs.
  let hiddenGradient: FloatBuffer
  /// lanes x cells: the gradient of one layer's cell.
  let cellGradient: FloatBuffer
  /// A layer: rows x gate width, the gradient of the pre-activations.
  let preActivationGradients: [FloatBuffer]
  /// The gradient that the product at hand multiplies.
  let inputs: QuantisedInputs
  /// The gradient of a block of weights, for each of the two threads.
  private let blockGradients: [FloatBuffer]
  private let byteEmbeddings: [RowPool<Float>]
  private let embeddings: RowPool<UInt16>
  /// The n-gram rows, if they learn, and rows x features: the gradient of what they were.
  let ngrams: RowPool<Float>?
  let featureGradient: FloatBuffer
  private let steps: [OptimiserStep]
  /// The steps that were begun, and whether they may be.
  private let begunSteps = Atomic<Int>(0)
  private let areStepsOpen = Atomic<Bool>(false)

  /// See ``Network/observer``.
  var observer: ((NetworkPhase?) -> Void)?

  /// What the next ``learn()`` works on.
  var task: Task

  /// One window to learn from.
  struct Task {
    var window: WindowStorage
    /// What the window was predicted with; learning leaves the next ones in their place.
    var products: ProductWeights
    var rate: Float = 0
    var contextRate: Float = 0
    /// 1 over the root of Adam's bias correction.
    var biasCorrection: Float = 1
  }

  /// Allocates for windows of at most `rows` rows in at most `lanes` lanes.
  init(
    _ configuration: NetworkConfiguration, kernels: Kernels, rows: Int, lanes: Int,
    parameters: FloatBuffer, byteEmbeddings: [RowPool<Float>], embeddings: RowPool<UInt16>,
    ngrams: RowPool<Float>?, task: Task
  ) {
    self.configuration = configuration
    self.kernels = kernels
    self.parameters = parameters
    self.byteEmbeddings = byteEmbeddings
    self.embeddings = embeddings
    self.ngrams = ngrams
    self.task = task
    layout = ParameterLayout(configuration)
    steps = OptimiserStep.all(configuration, layout, learnsNgrams: ngrams != nil)
    featureGradient = FloatBuffer(count: ngrams == nil ? 0 : rows * configuration.features)
    secondMoments = FloatBuffer(count: layout.count)
    let width = configuration.gateWidth
    let layers = 0..<configuration.layers
    vectorGradients = layers.map { _ in FloatBuffer(count: 2 * width) }
    let cells = configuration.allCells
    hiddenGradient = FloatBuffer(count: rows * cells)
    cellGradient = FloatBuffer(count: lanes * configuration.cells)
    preActivationGradients = layers.map { _ in FloatBuffer(count: rows * width) }
    inputs = QuantisedInputs(rows: rows, count: max(width, 256))
    blockGradients = (0..<2).map { _ in
      FloatBuffer(count: OptimiserStep.rows * max(width, 256))
    }
  }

  /// Bytes that a learner holds.
  static func requiredBytes(_ configuration: NetworkConfiguration, rows: Int, lanes: Int) -> Int {
    let cells = configuration.allCells
    let width = configuration.gateWidth
    return 4
      * (ParameterLayout(configuration).count + rows * (cells + configuration.layers * width)
        + lanes * cells + configuration.layers * 2 * width
        + 2 * OptimiserStep.rows * max(width, 256) + rows)
      + rows * max(width, 256)
  }

  var window: WindowStorage { task.window }

  /// Learns from the window of the task.
  func learn() {
    observer?(.backward)
    subtractTargets()
    backpropagateOutput()
    for layer in (0..<configuration.layers).reversed() {
      backpropagate(layer: layer)
    }
    begunSteps.store(0, ordering: .relaxed)
    areStepsOpen.store(true, ordering: .releasing)
    takeSteps(blockGradients[0].pointer)
    observer?(nil)
  }

  /// Takes the optimiser's steps that no other thread has begun; at once nothing if learning is not
  /// so far.
  func help() {
    if areStepsOpen.load(ordering: .acquiring) { takeSteps(blockGradients[1].pointer) }
  }

  /// Whether ``help()`` would find work soon.
  var hasOpenSteps: Bool { areStepsOpen.load(ordering: .acquiring) }

  /// Closes a window's learning, when all threads are done with it.
  func close() { areStepsOpen.store(false, ordering: .relaxed) }

  private func takeSteps(_ gradient: UnsafeMutablePointer<Float>) {
    while true {
      let index = begunSteps.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < steps.count else { return }
      take(steps[index], gradient)
    }
  }

  private func take(_ step: OptimiserStep, _ gradient: UnsafeMutablePointer<Float>) {
    switch step {
    case .embeddings(let layer):
      observer?(.optimiser)
      updateEmbeddings(layer: layer)
      observer?(.backward)
    case .ngrams:
      observer?(.optimiser)
      updateNgrams()
      observer?(.backward)
    case .vectors(let layer):
      let tensors = layout.layers[layer]
      optimise(tensors.gain.offset, 2 * tensors.gain.count, vectorGradients[layer].pointer)
      task.products.take(vectorsOfLayer: layer, from: parameters.pointer + tensors.gain.offset)
    case .recurrent(let layer, let first, let count):
      multiply(
        window.hidden.pointer + layer * configuration.cells + first, stride: window.hiddenStride,
        rows: count, layer: layer, into: gradient)
      optimise(layout.layers[layer].recurrent, first, count, gradient)
    case .lower(let layer, let first, let count):
      if layer == 0 {
        multiply(
          window.features.pointer + first, stride: configuration.features, rows: count,
          layer: layer, into: gradient)
      } else {
        multiply(
          window.hidden.pointer + window.lanes * window.hiddenStride
            + (layer - 1) * configuration.cells + first, stride: window.hiddenStride, rows: count,
          layer: layer, into: gradient)
      }
      optimise(layout.layers[layer].lower, first, count, gradient)
    case .output(let first, let count):
      kernels.multiply(
        rows: count, columns: 256, depth: window.rows,
        window.hidden.pointer + window.lanes * window.hiddenStride + first,
        rowStride: 1, columnStride: window.hiddenStride,
        window.probabilities.pointer, stride: 256,
        into: gradient, stride: 256, accumulating: false)
      optimise(layout.output, first, count, gradient)
    }
  }

  /// The gradient of `rows` rows of a layer's weights, whose inputs are columns of `inputs`.
  private func multiply(
    _ inputs: UnsafePointer<Float>, stride: Int, rows: Int, layer: Int,
    into gradient: UnsafeMutablePointer<Float>
  ) {
    let width = configuration.gateWidth
    kernels.multiply(
      rows: rows, columns: width, depth: window.rows,
      inputs, rowStride: 1, columnStride: stride,
      preActivationGradients[layer].pointer, stride: width,
      into: gradient, stride: width, accumulating: false)
  }

  /// A step for `count` rows of a matrix from row `first`, an even one, on.
  private func optimise(
    _ tensor: ParameterLayout.Tensor, _ first: Int, _ count: Int, _ gradient: UnsafePointer<Float>
  ) {
    let offset = tensor.offset + first * tensor.columns
    optimise(offset, count * tensor.columns, gradient)
    task.products.take(tensor, first, count, from: parameters.pointer + offset, kernels: kernels)
  }

  private func optimise(_ offset: Int, _ count: Int, _ gradient: UnsafePointer<Float>) {
    observer?(.optimiser)
    defer { observer?(.backward) }
    // Adam divides by sqrt(v * correction) + epsilon: the correction moves to the rate and epsilon.
    kernels.optimiserStep(
      count: count, parameters.pointer + offset, gradient: gradient,
      secondMoments: secondMoments.pointer + offset, rate: task.rate / task.biasCorrection,
      beta2: LearningSchedule.denseBeta2, epsilon: LearningSchedule.epsilon / task.biasCorrection)
  }

  /// Takes a step for each n-gram row that the window used, from its last row to its first.
  private func updateNgrams() {
    guard let ngrams else { return }
    let width = configuration.ngramWidth
    for index in (0..<window.rows * configuration.ngrams).reversed() {
      let row = Int(window.ngramRows.pointer[index])
      guard row >= 0 else { continue }
      let gradient = featureGradient.pointer + index * width
      ngrams.step(
        row: row, slot: Int(window.ngramSlots.pointer[index]), gradient: gradient,
        meanSquare: kernels.meanSquare(count: width, gradient), rate: task.rate, kernels: kernels)
    }
  }

  /// Takes a step for each embedding row that the window used, from its last row to its first: an
  /// embedding row's gradient is the pre-activations' own.
  private func updateEmbeddings(layer: Int) {
    let width = configuration.gateWidth
    let contexts = configuration.contexts
    let byteRate = task.rate * LearningSchedule.byteEmbeddingFactor
    for row in (0..<window.rows).reversed() {
      let rowGradient = preActivationGradients[layer].pointer + row * width
      let meanSquare = kernels.meanSquare(count: width, rowGradient)
      byteEmbeddings[layer].step(
        row: Int(window.inputs.pointer[row]), slot: Int(window.inputSlots[layer].pointer[row]),
        gradient: rowGradient, meanSquare: meanSquare, rate: byteRate, kernels: kernels)
      guard layer == 0 else { continue }
      // The rows of the step before: other bytes' learning would wait for them.
      for index in max(0, row - 1) * contexts..<row * contexts {
        embeddings.prefetchStep(slot: Int(window.embeddingSlots.pointer[index]), kernels: kernels)
      }
      for index in row * contexts..<(row + 1) * contexts {
        embeddings.step(
          row: Int(window.embeddingRows.pointer[index]),
          slot: Int(window.embeddingSlots.pointer[index]),
          gradient: rowGradient, meanSquare: meanSquare, rate: task.contextRate, kernels: kernels)
      }
    }
  }
}
