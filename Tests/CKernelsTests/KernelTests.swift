// SPDX-License-Identifier: Apache-2.0

import CKernels
import ReferenceLSTM
import Testing

/// Every kernel of every instruction set of this processor, against its definition in Swift:
/// equality of bits.
@Suite struct KernelTests {
  static let sets = String(cString: lstmzip_kernels_available()).split(separator: " ")
    .map(String.init)

  func kernels(_ name: String) throws -> lstmzip_kernels {
    try #require(lstmzip_kernels_named(name)).pointee
  }

  @Test func everySetIsFoundByName() throws {
    for name in Self.sets {
      #expect(try String(cString: kernels(name).name) == name)
    }
    #expect(try String(cString: kernels("").name) == Self.sets[0])
    #expect(Self.sets.last == "portable")
    #expect(lstmzip_kernels_named("sse9") == nil)
  }

  @Test(arguments: sets)
  func byteFrequencies(_ name: String) throws {
    var numbers = Numbers(seed: 10)
    let kernels = try kernels(name)
    var probabilities = numbers.floats(256).map { abs($0) / 16 }
    probabilities[3...9] = [0, 1, 1.5, -1, .nan, .infinity, -.infinity]
    var tree = [UInt32](repeating: 0, count: 512)
    kernels.frequency_tree(probabilities, &tree)
    for (value, probability) in probabilities.enumerated() {
      let p = probability > 0 ? min(probability, 1) : 0
      #expect(tree[256 + value] == UInt32(p * 0x1p24) + 1)
    }
    for node in 1..<256 { #expect(tree[node] == tree[2 * node] + tree[2 * node + 1]) }
    for count in [1, 2, 4, 8, 16, 128] {
      for first in stride(from: 0, to: 512, by: count) {
        var numbers = Array(tree[first..<first + count])
        if count > 4 { numbers[count / 2] = numbers[count / 2 - 1] }
        let expected = numbers.firstIndex(of: numbers.max() ?? 0)
        #expect(Int(kernels.first_greatest(count, numbers)) == expected)
      }
    }
  }

  @Test(arguments: sets)
  func sums(_ name: String) throws {
    var numbers = Numbers(seed: 3)
    let kernels = try kernels(name)
    for n in [16, 48, 192, 304] {
      for count in [0, 1, 5, 18] {
        let rows = (0..<count).map { _ in numbers.floats(n).map(ReferenceKernels.half) }
        var y = numbers.floats(n)
        var expected = y
        let first = numbers.floats(n)
        ReferenceKernels.addRows(
          [first] + rows.map { $0.map(ReferenceKernels.float(half:)) }, &expected)
        let all = rows.flatMap { $0 }
        all.withUnsafeBufferPointer { buffer in
          let pointers = (0..<count).map { row in buffer.baseAddress.map { $0 + row * n } }
          kernels.add_rows(n, first, count, pointers, &y)
        }
        #expect(bits(y) == bits(expected))
      }
      let x = numbers.floats(n)
      #expect(
        kernels.sum_of_squares(n, x).bitPattern == ReferenceKernels.sumOfSquares(x).bitPattern)
    }
  }

  @Test(arguments: sets)
  func activations(_ name: String) throws {
    let kernels = try kernels(name)
    let maps: [(String, (Int, [Float], inout [Float]) -> Void, (Float) -> Float)] = [
      ("exp", { kernels.vector_exp($0, $1, &$2) }, ReferenceKernels.exponential),
      ("sigmoid", { kernels.vector_sigmoid($0, $1, &$2) }, ReferenceKernels.sigmoid),
      ("tanh", { kernels.vector_tanh($0, $1, &$2) }, ReferenceKernels.tanh),
    ]
    // A sample of all bit patterns, evenly spread, with infinities and NaN.
    let inputs = (0..<65536).map {
      Float(bitPattern: UInt32($0) << 16 | UInt32($0 * 40503 & 0xFFFF))
    }
    for (name, map, reference) in maps {
      var results = [Float](repeating: 0, count: inputs.count)
      map(inputs.count, inputs, &results)
      for (input, result) in zip(inputs, results) {
        let expected = reference(input)
        if result.bitPattern != expected.bitPattern {
          Issue.record("\(name)(\(input)) is \(result), not \(expected)")
        }
      }
    }
  }

  @Test(arguments: sets)
  func softmax(_ name: String) throws {
    var numbers = Numbers(seed: 5)
    for scale: Float in [0, 1, 30, 1000] {
      let logits = numbers.floats(256).map { $0 * scale }
      var result = logits
      try kernels(name).softmax(256, result, &result)
      #expect(bits(result) == bits(ReferenceKernels.softmax(logits)))
      #expect(abs(result.reduce(0, +) - 1) < 1e-5)
    }
    var broken = numbers.floats(256)
    broken[3] = .nan
    broken[77] = .infinity
    var result = broken
    try kernels(name).softmax(256, result, &result)
    let expected = ReferenceKernels.softmax(broken)
    #expect(bits(result) == bits(expected))
  }

  @Test(arguments: sets, [3, 4])
  func cell(_ name: String, gates: Int) throws {
    var numbers = Numbers(seed: 6)
    let kernels = try kernels(name)
    for cells in [16, 48, 96, 208] {
      let width = gates * cells
      let pre = numbers.floats(width).map { $0 * 3 }
      let gain = numbers.floats(width).map { $0 + 1 }
      let bias = numbers.floats(width)
      let previous = numbers.floats(cells)
      let expected = ReferenceKernels.cellForward(
        cells: cells, gates: gates, pre, gain: gain, bias: bias, previousCell: previous)
      var normalised = pre
      var activations = pre
      var inverse = [Float](repeating: 0, count: gates)
      var (cell, tanh, hidden) = (previous, previous, previous)
      kernels.cell_forward(
        cells, gates, pre, gain, bias, previous, &normalised, &inverse, &activations, &cell, &tanh,
        &hidden)
      #expect(bits(normalised) == bits(expected.normalised))
      #expect(bits(inverse) == bits(expected.inverseRMS))
      #expect(bits(activations) == bits(expected.activations))
      #expect(
        bits(cell + tanh + hidden) == bits(expected.cell + expected.cellTanh + expected.hidden))

      let hiddenGradient = numbers.floats(cells)
      var gradients = ReferenceKernels.CellGradients(
        cell: numbers.floats(cells), pre: [Float](repeating: 0, count: width),
        gain: numbers.floats(width), bias: numbers.floats(width))
      let expectedGradients = ReferenceKernels.cellBackward(
        cells: cells, gates: gates, hiddenGradient: hiddenGradient, gain: gain,
        previousCell: previous, expected, gradients)
      kernels.cell_backward(
        cells, gates, hiddenGradient, &gradients.cell, gain, previous, normalised, inverse,
        activations, tanh, &gradients.pre, &gradients.gain, &gradients.bias)
      #expect(bits(gradients.cell) == bits(expectedGradients.cell))
      #expect(bits(gradients.pre) == bits(expectedGradients.pre))
      #expect(bits(gradients.gain) == bits(expectedGradients.gain))
      #expect(bits(gradients.bias) == bits(expectedGradients.bias))
    }
  }

  @Test(arguments: sets)
  func optimiser(_ name: String) throws {
    var numbers = Numbers(seed: 7)
    let kernels = try kernels(name)
    for n in [16, 144, 1040] {
      let weights = numbers.floats(n)
      var result = weights
      var moments = numbers.floats(n).map { $0 * $0 }
      let gradient = numbers.floats(n)
      var (expected, expectedMoments) = (weights, moments)
      kernels.optimiser_step(n, &result, gradient, &moments, 0.01, 0.9999, 1e-6)
      ReferenceKernels.optimiserStep(
        &expected, gradient, &expectedMoments, rate: 0.01, beta2: 0.9999,
        epsilon: 1e-6)
      #expect(bits(result) == bits(expected))
      #expect(bits(moments) == bits(expectedMoments))

      var moment: Float = 0.25
      var expectedMoment = moment
      kernels.row_step(
        n, expected, gradient, 0.3, &moment, 0.01, 0.999, 1e-6, &result)
      ReferenceKernels.rowStep(
        &expected, gradient, meanSquare: 0.3, &expectedMoment, rate: 0.01, beta2: 0.999,
        epsilon: 1e-6)
      #expect(bits(result) == bits(expected))
      #expect(moment.bitPattern == expectedMoment.bitPattern)

      let row = weights.map(ReferenceKernels.half)
      var halves = row
      expected = row.map(ReferenceKernels.float(half:))
      (moment, expectedMoment) = (0.25, 0.25)
      kernels.half_row_step(n, row, gradient, 0.3, &moment, 0.01, 0.999, 1e-6, &halves)
      ReferenceKernels.rowStep(
        &expected, gradient, meanSquare: 0.3, &expectedMoment, rate: 0.01, beta2: 0.999,
        epsilon: 1e-6)
      #expect(halves == expected.map(ReferenceKernels.half))
      #expect(moment.bitPattern == expectedMoment.bitPattern)
    }
  }

  /// Every number of binary16 is itself, and numbers between two of them go to the nearer one.
  @Test(arguments: sets)
  func halfPrecision(_ name: String) throws {
    let kernels = try kernels(name)
    let sizes = Array(UInt16(0)...0x7C00)
    var padded: [UInt16] = sizes + sizes.map { $0 | 0x8000 }
    padded += [UInt16](repeating: 0, count: 16 - padded.count % 16)
    var values = [Float](repeating: 0, count: padded.count)
    let zeros = values
    padded.withUnsafeBufferPointer {
      kernels.add_rows(values.count, zeros, 1, [$0.baseAddress], &values)
    }
    let expected = padded.map { ReferenceKernels.float(half: $0) + 0 }
    #expect(bits(values.map { $0 + 0 }) == bits(expected))
    let steps: [Float] = [
      0, 0x1p-12, 0x1.8p-12, 0x1.004p-11, 0x1p-11, 0x1.ffcp-11, 0x1p-26, 0x1p-25,
    ]
    for step in steps {
      let numbers = values.map { $0 + max($0.magnitude, 0x1p-24) * step }
      var result = padded
      var moment: Float = 0
      let zeros = [UInt16](repeating: 0, count: numbers.count)
      // A factor of 1: -rate over the root of a moment of 1.
      kernels.half_row_step(numbers.count, zeros, numbers, 1, &moment, -1, 0, 0, &result)
      #expect(result.map { $0 & 0x7FFF } == numbers.map { ReferenceKernels.half($0) & 0x7FFF })
    }
  }

  func bits(_ x: [Float]) -> [UInt32] { x.map(\.bitPattern) }
}

/// Deterministic floats of many magnitudes.
struct Numbers {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func floats(_ count: Int) -> [Float] {
    (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let mantissa = Float(Int32(truncatingIfNeeded: state >> 40) - (1 << 23)) * 0x1p-23
      // One in 64 is subnormal, one in 64 is zero.
      switch state >> 33 & 63 {
      case 0: return mantissa * 0x1p-130
      case 1: return 0
      default: return mantissa
      }
    }
  }
}
