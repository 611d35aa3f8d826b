import CKernels
import ReferenceKernels
import Testing

/// Every kernel of every instruction set of this processor, against its definition in Swift:
/// equality of bits.
@Suite struct KernelTests {
  static let sets = String(cString: lstmzip_kernels_available()).split(separator: " ")
    .map(String.init)

  private func kernels(_ name: String) throws -> lstmzip_kernels {
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
  func matrixProduct(_ name: String) throws {
    var numbers = Numbers(seed: 1)
    let product = try kernels(name).matrix_product
    let shapes =
      (1...33).map { ($0, 16 * ($0 % 7 + 1), $0 * 5 % 23 + 1) }
      + [(1, 384, 65), (1, 160, 300), (8, 48, 700), (9, 208, 129), (32, 256, 40), (97, 64, 10)]
    for (m, n, k) in shapes {
      for accumulate in [false, true] {
        for isTransposed in [false, true] {
          let (aRow, aColumn) = isTransposed ? (1, m + 3) : (k + 1, 1)
          let (bRow, yRow) = (n + 5, n + 2)
          let a = numbers.floats(isTransposed ? k * aColumn : m * aRow)
          let b = numbers.floats(k * bRow)
          var y = numbers.floats(m * yRow)
          var expected = y
          product?(m, n, k, a, aRow, aColumn, b, bRow, &y, yRow, accumulate ? 1 : 0)
          ReferenceKernels.matrixProduct(
            m, n, k, a, aRow, aColumn, b, bRow, &expected, yRow, accumulate: accumulate)
          #expect(
            bits(y) == bits(expected), "\(m) x \(n) x \(k), \(accumulate), \(isTransposed)")
        }
      }
    }
  }

  @Test(arguments: sets)
  func bfloat16Products(_ name: String) throws {
    var numbers = Numbers(seed: 9)
    let kernels = try kernels(name)
    let shapes =
      (1...33).map { ($0, 16 * ($0 % 11 + 1), 16 * ($0 * 5 % 7 + 1)) }
      + [(1, 384, 64), (1, 160, 304), (1, 96, 288), (3, 48, 704), (9, 208, 128), (40, 144, 800)]
    for (m, n, k) in shapes {
      let b = numbers.floats(n * k)
      let yRow = n + 2
      var transposed = [UInt32](repeating: 1, count: k / 2 * n)
      kernels.bfloat16_transpose(n, k, b, &transposed, n)
      for p in 0..<k {
        for j in 0..<n {
          let word = transposed[p / 2 * n + j]
          let bits = p % 2 == 0 ? word << 16 : word & 0xFFFF_0000
          #expect(bits == ReferenceKernels.bfloat16(b[j * k + p]).bitPattern)
        }
      }
      let rounded = (0..<k * n).map { ReferenceKernels.bfloat16(b[$0 % n * k + $0 / n]) }
      for accumulate in [false, true] {
        let a = numbers.floats(m * (k + 3))
        var y = numbers.floats(m * yRow)
        var expected = y
        kernels.bfloat16_product(m, n, k, a, k + 3, transposed, n, &y, yRow, accumulate ? 1 : 0)
        ReferenceKernels.matrixProduct(
          m, n, k, a, k + 3, 1, rounded, n, &expected, yRow, accumulate: accumulate)
        #expect(bits(y) == bits(expected), "\(m) x \(n) x \(k), \(accumulate)")
      }
    }
  }

  /// A part of a transpose: as learning writes it, a block of rows at a time.
  @Test(arguments: sets)
  func bfloat16TransposesOfBlocks(_ name: String) throws {
    var numbers = Numbers(seed: 12)
    let kernels = try kernels(name)
    let x = numbers.floats(64 * 96)
    var (whole, parts) = (
      [UInt32](repeating: 0, count: 48 * 64), [UInt32](repeating: 1, count: 48 * 64)
    )
    kernels.bfloat16_transpose(64, 96, x, &whole, 64)
    parts.withUnsafeMutableBufferPointer { parts in
      guard let first = parts.baseAddress else { return }
      for row in [0, 16, 48] {
        kernels.bfloat16_transpose(
          row == 16 ? 32 : 16, 96, Array(x[(row * 96)...]), first + row, 64)
      }
    }
    #expect(whole == parts)
  }

  @Test func bfloat16RoundsToNearestTiesAway() {
    let numbers: [(Float, Float)] = [
      (1, 1), (0x1.01p+0, 0x1.02p+0), (0x1.00fp+0, 1), (-0x1.01p+0, -0x1.02p+0),
      (0x1p-133, 0x1p-133), (0x1p-149, 0), (.infinity, .infinity),
      (.greatestFiniteMagnitude, .infinity),
    ]
    for (number, rounded) in numbers { #expect(ReferenceKernels.bfloat16(number) == rounded) }
  }

  @Test(arguments: sets)
  func quantisedInputs(_ name: String) throws {
    var numbers = Numbers(seed: 13)
    let kernels = try kernels(name)
    var rows = (1...9).map { numbers.floats(16 * $0) }
    rows.append([Float](repeating: 0, count: 16))
    rows.append(rows[3].map { $0 * 1e-38 })
    rows.append(rows[2])
    rows[11][5] = .nan
    rows.append(rows[11])
    rows[12][40] = -.infinity
    for row in rows {
      let greatest = kernels.greatest_magnitude(row.count, row)
      #expect(greatest == row.map(\.magnitude).reduce(0) { $1 > $0 ? $1 : $0 })
      for given in [greatest, 1] {
        var values = [Int16](repeating: 99, count: row.count)
        kernels.quantise_inputs(row.count, row, given, &values)
        let expected = ReferenceKernels.quantise(row, limit: 32767, greatest: given)
        #expect(values.map(Int.init) == expected.values)
      }
    }
  }

  @Test(arguments: sets)
  func quantisedProducts(_ name: String) throws {
    var numbers = Numbers(seed: 14)
    let kernels = try kernels(name)
    let shapes =
      (1...20).map { ($0, 16 * ($0 % 7 + 1), $0 * 29 % 101 + 1) }
      + [(1, 288, 96), (1, 256, 97), (3, 48, 385), (33, 32, 64), (1, 16, 32)]
    for (m, n, k) in shapes {
      var matrix = (0..<k).map { _ in numbers.floats(n) }
      for row in matrix.indices { matrix[row][3] = 0 }
      matrix[k / 2][5] = .nan
      matrix[k - 1][7] = .infinity
      let (pairs, blocks) = ((k + 1) / 2, (k + 31) / 32)
      var values = [Int8](repeating: 99, count: n * 2 * pairs)
      var scales = [Float](repeating: 99, count: n * blocks)
      values.withUnsafeMutableBufferPointer { values in
        scales.withUnsafeMutableBufferPointer { scales in
          guard let values = values.baseAddress, let scales = scales.baseAddress else { return }
          for first in stride(from: 0, to: k, by: 32) {
            let rows = min(32, k - first)
            kernels.quantise_weights(
              rows, n, matrix[first..<first + rows].flatMap { $0 }, values + first * 16, pairs * 32,
              scales + first / 2, blocks * 16)
          }
        }
      }
      for column in [0, 3, 5, 7, n - 1] {
        let panel = column / 16
        for first in stride(from: 0, to: k, by: 32) {
          let rows = first..<min(first + 32, k)
          let expected = ReferenceKernels.quantise(matrix[rows].map { $0[column] }, limit: 127)
          let found = rows.map { row in
            Int(values[panel * pairs * 32 + row / 2 * 32 + column % 16 * 2 + row % 2])
          }
          #expect(found == expected.values)
          let scale = scales[panel * blocks * 16 + first / 2 + column % 16]
          #expect(scale.bitPattern == expected.scale.bitPattern)
        }
      }

      // What is multiplied is finite, as NaN may have another sign on another processor.
      matrix[k - 1][7] = 0
      let lastRows = (k - 1) / 32 * 32..<k
      kernels.quantise_weights(
        lastRows.count, n, matrix[lastRows].flatMap { $0 }, &values[lastRows.lowerBound * 16],
        pairs * 32, &scales[lastRows.lowerBound / 2], blocks * 16)
      let inputStride = (k + 16) / 16 * 16
      let inputs = (0..<m).map { _ in
        ReferenceKernels.quantise(numbers.floats(k), limit: 32767)
      }
      let a = inputs.flatMap { row in
        row.values.map(Int16.init) + [Int16](repeating: 77, count: inputStride - k)
      }
      for accumulate in [false, true] {
        let start = numbers.floats(m * (n + 2))
        var y = start
        kernels.quantised_product(
          m, n, k, a, inputStride, inputs.map(\.scale), values, pairs * 32, scales, blocks * 16, &y,
          n + 2, accumulate ? 1 : 0)
        for row in 0..<m {
          let before = Array(start[row * (n + 2)..<row * (n + 2) + n])
          let expected = ReferenceKernels.quantisedProduct(
            inputs[row], matrix, addedTo: accumulate ? before : nil)
          #expect(
            bits(Array(y[row * (n + 2)..<row * (n + 2) + n])) == bits(expected),
            "\(m) x \(n) x \(k), \(accumulate)")
        }
      }
    }
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
      kernels.optimiser_step(n, weights, gradient, &moments, 0.01, 0.9999, 1e-6, &result)
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

  /// Products whose fused and twice rounded sums differ: a kernel that is not fused fails here.
  @Test(arguments: sets)
  func multiplyAddIsFused(_ name: String) throws {
    let a: Float = 1 + 0x1p-12
    let b = [Float](repeating: 1 + 0x1p-12, count: 16)
    var y = [Float](repeating: -1 - 0x1p-11, count: 16)
    try kernels(name).matrix_product(1, 16, 1, [a], 1, 1, b, 16, &y, 16, 1)
    #expect(y == [Float](repeating: 0x1p-24, count: 16))
  }

  private func bits(_ x: [Float]) -> [UInt32] { x.map(\.bitPattern) }
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
