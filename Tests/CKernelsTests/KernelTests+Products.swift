// SPDX-License-Identifier: Apache-2.0

import CKernels
import ReferenceLSTM
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

  /// Whole transposes, and as learning writes them, a block of rows at a time.
  @Test(arguments: sets)
  func quantisedTransposes(_ name: String) throws {
    var numbers = Numbers(seed: 12)
    let kernels = try kernels(name)
    for (rows, columns) in [(16, 16), (64, 96), (32, 48), (96, 288), (48, 256)] {
      let x = numbers.floats(rows * columns)
      let blocks = (columns + 31) / 32
      var values = [Int8](repeating: 99, count: rows * columns)
      var scales = [Float](repeating: 99, count: rows * blocks)
      var offsets = [Int32](repeating: 99, count: rows * blocks)
      for first in stride(from: 0, to: rows, by: 32) {
        let part = Array(x[first * columns..<min(first + 32, rows) * columns])
        kernels.quantise_transpose(
          part.count / columns, columns, part, &values[first * columns], columns * 16,
          &scales[first * blocks], &offsets[first * blocks], blocks * 16)
      }
      for row in 0..<rows {
        for first in stride(from: 0, to: columns, by: 32) {
          let part = x[row * columns + first..<row * columns + min(first + 32, columns)]
          let expected = ReferenceKernels.quantise(Array(part), limit: 127)
          let panel = row / 16
          let found = part.indices.map { index in
            let column = index - row * columns
            return Int(values[panel * columns * 16 + column / 4 * 64 + row % 16 * 4 + column % 4])
          }
          #expect(found == expected.values)
          let scale = panel * blocks * 16 + first / 2 + row % 16
          #expect(scales[scale].bitPattern == expected.scale.bitPattern)
          #expect(Int(offsets[scale]) == 64 * expected.values.reduce(0, +))
        }
      }
    }
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
        var values = [UInt8](repeating: 99, count: row.count)
        kernels.quantise_inputs(row.count, row, given, &values)
        let expected = ReferenceKernels.quantise(row, limit: 63, greatest: given)
        #expect(values.map { Int($0) - 64 } == expected.values)
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
      // The greatest integers, of both signs, have the greatest sums.
      for row in matrix.indices { (matrix[row][1], matrix[row][2], matrix[row][3]) = (1, -1, 0) }
      matrix[k / 2][5] = .nan
      matrix[k - 1][7] = .infinity
      let (quads, blocks) = ((k + 3) / 4, (k + 31) / 32)
      var values = [Int8](repeating: 99, count: n * 4 * quads)
      var scales = [Float](repeating: 99, count: n * blocks)
      var offsets = [Int32](repeating: 99, count: n * blocks)
      func quantise(rows: Range<Int>) {
        let first = rows.lowerBound
        kernels.quantise_weights(
          rows.count, n, matrix[rows].flatMap { $0 }, &values[first * 16], quads * 64,
          &scales[first / 2], &offsets[first / 2], blocks * 16)
      }
      for first in stride(from: 0, to: k, by: 32) { quantise(rows: first..<min(first + 32, k)) }
      for column in [0, 3, 5, 7, n - 1] {
        let panel = column / 16
        for first in stride(from: 0, to: k, by: 32) {
          let rows = first..<min(first + 32, k)
          let expected = ReferenceKernels.quantise(matrix[rows].map { $0[column] }, limit: 127)
          let found = rows.map { row in
            Int(values[panel * quads * 64 + row / 4 * 64 + column % 16 * 4 + row % 4])
          }
          #expect(found == expected.values)
          let index = panel * blocks * 16 + first / 2 + column % 16
          #expect(scales[index].bitPattern == expected.scale.bitPattern)
          #expect(Int(offsets[index]) == 64 * expected.values.reduce(0, +))
        }
      }

      // What is multiplied is finite, as NaN may have another sign on another processor.
      matrix[k - 1][7] = 0
      quantise(rows: (k - 1) / 32 * 32..<k)
      let inputStride = (k + 16) / 16 * 16
      let inputs = (0..<m).map { row in
        let extremes = [Float](repeating: row == 0 ? 1 : -1, count: k)
        return ReferenceKernels.quantise(row < 2 ? extremes : numbers.floats(k), limit: 63)
      }
      let a = inputs.flatMap { row in
        row.values.map { UInt8($0 + 64) } + [UInt8](repeating: 77, count: inputStride - k)
      }
      let columns = ReferenceKernels.quantise(columnsOf: matrix)
      for accumulate in [false, true] {
        let start = numbers.floats(m * (n + 2))
        var y = start
        kernels.quantised_product(
          m, n, k, a, inputStride, inputs.map(\.scale), values, quads * 64, scales, offsets,
          blocks * 16, &y, n + 2, accumulate ? 1 : 0)
        for row in 0..<m {
          let before = Array(start[row * (n + 2)..<row * (n + 2) + n])
          let expected = ReferenceKernels.quantisedProduct(
            inputs[row], columns, addedTo: accumulate ? before : nil)
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
