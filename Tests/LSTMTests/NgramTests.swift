// SPDX-License-Identifier: Apache-2.0

import Platform
import Testing

@testable import LSTM

/// Which n-grams get rows, and how rows are rounded.
@Suite struct NgramTests {
  /// A hash with a bucket of 16 rows, a check and a worth.
  private func hash(bucket: Int, check: Int, worth: Int) -> UInt64 {
    UInt64(bucket) << 62 | UInt64(worth) << 24 | UInt64(check)
  }

  private func index(_ hashes: [UInt64]) -> NgramIndex {
    NgramIndex(
      rowBits: 4, forEachHash: { hashes.forEach($0) },
      worth: { UInt8(truncatingIfNeeded: $0 >> 24) })
  }

  @Test(arguments: 0..<8)
  func theWorthiestOfABucketGetRows(seed: UInt64) {
    var generator = RandomGenerator(seed: seed)
    var hashes: [UInt64] = []
    for bucket in 0..<4 {
      // Worths that differ, 0 among them; each context comes several times.
      for number in 0..<9 * bucket {
        let hash = hash(bucket: bucket, check: 2 * number + 1, worth: 7 * number)
        hashes += [hash, hash, hash]
      }
    }
    for place in hashes.indices.reversed() {
      hashes.swapAt(place, generator.below(place + 1))
    }
    let index = index(hashes)
    for bucket in 0..<4 {
      let best = (0..<9 * bucket).suffix(4).filter { $0 > 0 }
      let checks = Set(index.checks.values[4 * bucket..<4 * bucket + 4])
      #expect(checks.subtracting([0]) == Set(best.map { UInt16(2 * $0 + 1) }))
      for number in 0..<9 * bucket {
        let row = index.row(forHash: hash(bucket: bucket, check: 2 * number + 1, worth: 0))
        #expect(best.contains(number) == (row >= 0))
        if row >= 0 { #expect(row / 4 == bucket && index.checks.values[row] == 2 * number + 1) }
      }
    }
  }

  @Test func ofEqualContextsTheFirstKeepsItsRow() {
    let hashes = (0..<6).map { hash(bucket: 2, check: 2 * $0 + 1, worth: 5) }
    let index = index(hashes)
    #expect(hashes.map(index.row) == [8, 9, 10, 11, -1, -1])
    // The lowest bit of a check does not count, and another bucket has rows of its own.
    #expect(index.row(forHash: hashes[1] & ~1) == 9)
    #expect(index.row(forHash: hash(bucket: 1, check: 1, worth: 5)) == -1)
  }

  @Test func smallestIndex() {
    let hashes = (0..<4).map { UInt64($0) << 62 | UInt64(2 * $0 + 1) }
    let index = NgramIndex(rowBits: 2, forEachHash: { hashes.forEach($0) }, worth: { _ in 1 })
    #expect(hashes.map(index.row) == [0, 1, 2, 3])
  }

  private func pool(_ rows: [[Float]]) -> RowPool<Float> {
    let pool = RowPool<Float>(count: rows.count, width: rows[0].count, changes: 0)
    for (row, values) in rows.enumerated() {
      _ = pool.values(ofRow: row).update(fromContentsOf: values)
    }
    return pool
  }

  private func table(_ rows: [[Float]]) -> NgramTable {
    let index = NgramIndex(
      rowBits: rows.count.trailingZeroBitCount,
      checks: ConstantBuffer(rows.map { _ in UInt16(0) }))
    return NgramTable(pool(rows), index: index)
  }

  private func rows(of table: NgramTable, width: Int) -> [[Float]] {
    table.rowScales.values.indices.map { row in
      [Float](unsafeUninitializedCapacity: width) { buffer, count in
        if let start = buffer.baseAddress { table.copy(row: row, to: start) }
        count = width
      }
    }
  }

  /// The square error of a row is at most that of steps of a seventh of its greatest number, which
  /// are off by half a step at most.
  @Test(arguments: [16, 48])
  func roundingErrors(width: Int) {
    var generator = RandomGenerator(seed: 3)
    let rows = (0..<64).map { row in
      (0..<width).map { _ in generator.uniform(bound: 0.01 * Float(row)) }
    }
    let table = table(rows)
    let greatest = rows.joined().map(abs).max() ?? 0
    #expect(abs(table.scale * 255 * 7 - greatest) <= greatest * 1e-6)
    for (row, rounded) in self.rows(of: table, width: width).enumerated() {
      let size = rows[row].map(abs).max() ?? 0
      let bound = Double(size / 7 + table.scale) / 2
      let error = zip(rows[row], rounded).map { Double($0 - $1) * Double($0 - $1) }.reduce(0, +)
      #expect(error <= Double(width) * bound * bound * 1.0001, "row \(row)")
      #expect(rounded.allSatisfy { abs($0) <= size * 1.0001 + 7 * table.scale })
    }
    #expect(table.values.values.allSatisfy { $0 & 15 > 0 && $0 >> 4 > 0 })
  }

  @Test func zerosStayZeros() {
    let zeros = [Float](repeating: 0, count: 16)
    #expect(
      rows(of: table([zeros, zeros, zeros, zeros]), width: 16).joined().allSatisfy { $0 == 0 })
    let mixed = rows(of: table([zeros, zeros.map { _ in 3 }, zeros, zeros]), width: 16)
    #expect(mixed[0] == zeros && mixed[2] == zeros)
    #expect(mixed[1].allSatisfy { abs($0 - 3) < 0.02 })
  }

  /// What a table holds comes back as it is.
  @Test func roundedRowsStay() {
    var generator = RandomGenerator(seed: 5)
    let rows = (0..<16).map { row in
      (0..<16).map { Float($0 == 0 ? 7 : generator.below(15) - 7) * Float(row + 1) / 256 }
    }
    let once = self.rows(of: table(rows), width: 16)
    for (row, values) in once.enumerated() {
      for (value, expected) in zip(values, rows[row]) {
        #expect(abs(value - expected) <= Float(row + 1) * 7 / 256 * 0.04)
      }
    }
  }
}
