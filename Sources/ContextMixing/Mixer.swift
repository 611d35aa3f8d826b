// SPDX-License-Identifier: Apache-2.0

import CMixing
import Platform

/// A layer of logistic mixers: each adds up the inputs by the weights that its own small context
/// selects, and after the bit moves those weights along the gradient of the coding cost.
///
/// Inputs and outputs are in the logistic domain. Weights are 16-bit integers.
/// (Mahoney, "Adaptive weighing of context models", 2005, section 3.2: gated linear networks
/// before the name.)
struct MixerLayer {
  /// The mixers as the kernels see them.
  private let layer: UnsafeMutablePointer<cmixing_layer>
  /// The inputs, up to `inputCount` and zero beyond.
  let inputs: UnsafeMutablePointer<Int16>
  /// The mixers' predictions, clipped to the range of an input.
  let outputs: UnsafeMutablePointer<Int16>
  let mixerCount: Int
  let length: Int
  let vectorCount: Int
  let initialWeight: Int16
  let weights: UnsafeMutablePointer<Int16>
  private let offsets: UnsafeMutablePointer<UInt32>
  /// Per mixer the index of its first weight vector.
  let starts: UnsafeMutablePointer<UInt32>
  private let mixKernel: cmixing_mix
  private let learnKernel: cmixing_learn

  /// Makes mixers of `inputCount` inputs; mixer `i` chooses among `selectorCounts[i]` weight
  /// vectors, which all start as `initialWeight` for every input; 2^`weightBits` is a weight of one.
  ///
  /// - Parameter outputs: Where the outputs go, with room for a multiple of 16; what is beyond
  ///   those of the mixers stays.
  init(
    inputCount: Int, selectorCounts: [Int], weightBits: Int, initialWeight: Int16,
    outputs: UnsafeMutablePointer<Int16>? = nil, logistic: Logistic, kernels: cmixing_kernels,
    arena: Arena
  ) {
    // The last input is zero: its weights count the vectors' uses.
    let padded = Self.padded(inputCount + 1, to: Int(CMIXING_LANES))
    let groups = Self.padded(selectorCounts.count, to: Int(CMIXING_LANES))
    precondition(selectorCounts.count <= CMIXING_MIXERS, "more mixers than a layer can have")
    length = padded
    mixerCount = selectorCounts.count
    vectorCount = selectorCounts.reduce(0, +)
    self.initialWeight = initialWeight
    inputs = arena.allocate(padded, repeating: 0)
    self.outputs = outputs ?? arena.allocate(groups, repeating: 0)
    weights = arena.allocate(padded * (vectorCount + 1), repeating: initialWeight)
    for vector in 0..<vectorCount { weights[vector * padded + padded - 1] = 0 }
    (weights + vectorCount * padded).update(repeating: 0, count: padded)
    offsets = arena.allocate(groups, repeating: UInt32(vectorCount * padded))
    starts = arena.allocate(mixerCount, repeating: 0)
    var start = 0
    for (i, count) in selectorCounts.enumerated() {
      starts[i] = UInt32(start)
      start += count
    }
    layer = arena.allocate(
      1,
      repeating: cmixing_layer(
        length: Int32(padded), mixer_count: Int32(mixerCount), shift: Int32(weightBits - 8),
        inputs: inputs, weights: weights, offsets: offsets, outputs: self.outputs,
        squash: logistic.coarseTable))
    mixKernel = kernels.mix
    learnKernel = kernels.learn
  }

  private static func padded(_ count: Int, to multiple: Int) -> Int {
    (count + multiple - 1) / multiple * multiple
  }

  /// Chooses the weights of mixer `i` for the next bit, and asks the memory for them.
  @inline(__always)
  func select(_ i: Int, _ selector: Int) {
    let offset = (Int(starts[i]) &+ selector) &* length
    offsets[i] = UInt32(truncatingIfNeeded: offset)
    let vector = weights + offset
    cmixing_prefetch(vector)
    cmixing_prefetch(vector + 32)
  }

  /// Computes the outputs.
  @inline(__always)
  func mix() { mixKernel(layer) }

  /// Moves the selected weights; `rate` is in units of 2⁻¹⁷ for weights of 16 bits after the point.
  @inline(__always)
  func update(bit: Int, rate: Int) {
    learnKernel(layer, Int32(truncatingIfNeeded: bit), Int32(truncatingIfNeeded: rate))
  }
}
