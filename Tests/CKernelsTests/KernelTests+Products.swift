import CKernels
import ReferenceKernels
import Testing

/// The matrix products, with what makes their operands.
extension KernelTests {
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

  /// Products whose fused and twice rounded sums differ: a kernel that is not fused fails here.
  @Test(arguments: sets)
  func multiplyAddIsFused(_ name: String) throws {
    let a: Float = 1 + 0x1p-12
    let b = [Float](repeating: 1 + 0x1p-12, count: 16)
    var y = [Float](repeating: -1 - 0x1p-11, count: 16)
    try kernels(name).matrix_product(1, 16, 1, [a], 1, 1, b, 16, &y, 16, 1)
    #expect(y == [Float](repeating: 0x1p-24, count: 16))
  }
}
