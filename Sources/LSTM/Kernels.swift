// SPDX-License-Identifier: Apache-2.0

import CKernels

/// The C kernels of one instruction set, under Swift names.
///
/// `CKernels.h` defines each of them. All of them give the same bits on every instruction set.
struct Kernels {
  let table: UnsafePointer<lstmzip_kernels>

  /// The set that ``InstructionSet/select(_:)`` chose, or the best one of this processor.
  static var selected: Kernels { Kernels(table: lstmzip_kernels_selected()) }

  /// The set with the given name, or the best one of this processor for an empty name.
  ///
  /// - Throws: ``KernelError`` if the set is unknown or not available.
  static func named(_ name: String) throws(KernelError) -> Kernels {
    guard let table = lstmzip_kernels_named(name) else { throw KernelError(name: name) }
    return Kernels(table: table)
  }

  /// "portable", "avx2", "avx512" or "neon".
  var name: String { String(cString: table.pointee.name) }

  /// Multiplies and adds without reading memory; returns the number of operations.
  func runAtPeak(rounds: Int) -> Int {
    // A product that is not used would not be computed.
    let isUsed = table.pointee.fused_chains(rounds).isFinite
    return isUsed ? 2 * rounds * table.pointee.fused_chains_per_round : 0
  }

  /// `y = a b`, or `y += a b`: `a` is `rows` x `depth`, `b` is `depth` x `columns`.
  @inline(__always)
  func multiply(
    rows: Int, columns: Int, depth: Int,
    _ a: UnsafePointer<Float>, rowStride: Int, columnStride: Int,
    _ b: UnsafePointer<Float>, stride: Int,
    into y: UnsafeMutablePointer<Float>, stride yStride: Int, accumulating: Bool
  ) {
    table.pointee.matrix_product(
      rows, columns, depth, a, rowStride, columnStride, b, stride, y, yStride, accumulating ? 1 : 0)
  }

  /// The greatest absolute value of `count` numbers.
  @inline(__always)
  func greatestMagnitude(count: Int, _ x: UnsafePointer<Float>) -> Float {
    table.pointee.greatest_magnitude(count, x)
  }

  /// Quantises `count` inputs of a product, at most `greatest` in size, to 16 bits.
  @inline(__always)
  func quantise(
    count: Int, _ x: UnsafePointer<Float>, greatest: Float, into y: UnsafeMutablePointer<UInt8>
  ) {
    table.pointee.quantise_inputs(count, x, greatest, y)
  }

  /// Quantises some rows of a matrix, which get scales of their own, to 8 bits.
  func quantise(
    rows: Int, columns: Int, _ x: UnsafePointer<Float>, into values: UnsafeMutablePointer<Int8>,
    panelStride: Int, scales: UnsafeMutablePointer<Float>, offsets: UnsafeMutablePointer<Int32>,
    panelStride scalesStride: Int
  ) {
    table.pointee.quantise_weights(
      rows, columns, x, values, panelStride, scales, offsets, scalesStride)
  }

  /// The same of the transpose of `rows` rows, a multiple of 16.
  func quantiseTranspose(
    rows: Int, columns: Int, _ x: UnsafePointer<Float>, into values: UnsafeMutablePointer<Int8>,
    panelStride: Int, scales: UnsafeMutablePointer<Float>, offsets: UnsafeMutablePointer<Int32>,
    panelStride scalesStride: Int
  ) {
    table.pointee.quantise_transpose(
      rows, columns, x, values, panelStride, scales, offsets, scalesStride)
  }

  /// `y = a b`, or `y += a b`, of quantised inputs and weights.
  @inline(__always)
  func multiply(
    rows: Int, columns: Int, depth: Int, _ a: UnsafePointer<UInt8>, stride: Int,
    scales inputScales: UnsafePointer<Float>, _ values: UnsafePointer<Int8>, panelStride: Int,
    scales: UnsafePointer<Float>, offsets: UnsafePointer<Int32>, panelStride scalesStride: Int,
    into y: UnsafeMutablePointer<Float>, stride yStride: Int, accumulating: Bool
  ) {
    table.pointee.quantised_product(
      rows, columns, depth, a, stride, inputScales, values, panelStride, scales, offsets,
      scalesStride, y, yStride, accumulating ? 1 : 0)
  }

  /// Adds a row and then `count` rows in binary16 to `y`, one after the other.
  @inline(__always)
  func addRows(
    width: Int, _ first: UnsafePointer<Float>, count: Int,
    _ rows: UnsafePointer<UnsafePointer<UInt16>?>,
    to y: UnsafeMutablePointer<Float>
  ) {
    table.pointee.add_rows(width, first, count, rows, y)
  }

  /// The mean of the squares of `count` values.
  @inline(__always)
  func meanSquare(count: Int, _ x: UnsafePointer<Float>) -> Float {
    table.pointee.sum_of_squares(count, x) / Float(count)
  }

  /// The probabilities of `count` logits; in place too.
  @inline(__always)
  func softmax(
    count: Int, _ logits: UnsafePointer<Float>, into probabilities: UnsafeMutablePointer<Float>
  ) {
    table.pointee.softmax(count, logits, probabilities)
  }

  /// The integer frequencies of a byte's values from their 256 probabilities, as a tree of 512.
  @inline(__always)
  func fillFrequencyTree(
    _ probabilities: UnsafePointer<Float>, _ tree: UnsafeMutablePointer<UInt32>
  ) {
    table.pointee.frequency_tree(probabilities, tree)
  }

  /// The index of the first of the greatest of `count` numbers, a power of two.
  @inline(__always)
  func firstGreatest(count: Int, _ x: UnsafePointer<UInt32>) -> Int {
    Int(table.pointee.first_greatest(count, x))
  }

  /// One step of a layer.
  @inline(__always)
  func cellForward(
    cells: Int, gates: Int, _ preActivation: UnsafePointer<Float>,
    gain: UnsafePointer<Float>, bias: UnsafePointer<Float>, previousCell: UnsafePointer<Float>,
    normalised: UnsafeMutablePointer<Float>, inverseRMS: UnsafeMutablePointer<Float>,
    activations: UnsafeMutablePointer<Float>, cell: UnsafeMutablePointer<Float>,
    cellTanh: UnsafeMutablePointer<Float>, hidden: UnsafeMutablePointer<Float>
  ) {
    table.pointee.cell_forward(
      cells, gates, preActivation, gain, bias, previousCell, normalised, inverseRMS, activations,
      cell, cellTanh, hidden)
  }

  /// The gradients of one step of a layer.
  @inline(__always)
  func cellBackward(
    cells: Int, gates: Int, hiddenGradient: UnsafePointer<Float>,
    cellGradient: UnsafeMutablePointer<Float>, gain: UnsafePointer<Float>,
    previousCell: UnsafePointer<Float>, normalised: UnsafePointer<Float>,
    inverseRMS: UnsafePointer<Float>, activations: UnsafePointer<Float>,
    cellTanh: UnsafePointer<Float>, preActivationGradient: UnsafeMutablePointer<Float>,
    gainGradient: UnsafeMutablePointer<Float>, biasGradient: UnsafeMutablePointer<Float>
  ) {
    table.pointee.cell_backward(
      cells, gates, hiddenGradient, cellGradient, gain, previousCell, normalised, inverseRMS,
      activations, cellTanh, preActivationGradient, gainGradient, biasGradient)
  }

  /// Adam with beta 1 = 0.
  @inline(__always)
  func optimiserStep(
    count: Int, _ weights: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>,
    secondMoments: UnsafeMutablePointer<Float>, rate: Float, beta2: Float, epsilon: Float
  ) {
    table.pointee.optimiser_step(count, weights, gradient, secondMoments, rate, beta2, epsilon)
  }

  /// Asks for `count` elements to be brought into the cache; has no other effect.
  @inline(__always)
  func prefetch<Element>(_ x: UnsafePointer<Element>, count: Int) {
    prefetch(bytes: x, count * MemoryLayout<Element>.stride)
  }

  /// The same for bytes.
  @inline(__always)
  func prefetch(bytes: UnsafeRawPointer, _ count: Int) { lstmzip_prefetch(bytes, count) }
}
