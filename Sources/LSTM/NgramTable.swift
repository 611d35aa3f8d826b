// SPDX-License-Identifier: Apache-2.0

import CKernels
import Platform

/// Which rows of a trained table belong to which contexts.
///
/// Rows lie in buckets of four. A row carries a check of its context's hash: a context that was not
/// worth a row in training finds none, and its input is zeros instead of what another one means.
package struct NgramIndex: Sendable {
  /// Rows of a bucket.
  static let bucketSize = 4
  /// The limits of ``rowBits``.
  package static let rowBitsRange = 2...24

  /// Binary logarithm of the number of rows.
  package let rowBits: Int
  /// A check for each row; 0 for a row that belongs to nobody.
  package let checks: ConstantBuffer<UInt16>

  /// Makes an index from the checks of `2^rowBits` rows.
  package init(rowBits: Int, checks: ConstantBuffer<UInt16>) {
    precondition(Self.rowBitsRange.contains(rowBits) && checks.count == 1 << rowBits)
    self.rowBits = rowBits
    self.checks = checks
  }

  /// Gives rows to those contexts that are worth most in their bucket.
  ///
  /// - Parameters:
  ///   - forEachHash: Calls its argument with the hash of every context there is, any number of
  ///     times; a context takes another one's row only if it is worth more.
  ///   - worth: What a context is worth; 0 for no row.
  package init(
    rowBits: Int, forEachHash: ((UInt64) -> Void) -> Void, worth: @escaping (UInt64) -> UInt8
  ) {
    let checks = ZeroedBuffer<UInt16>(count: 1 << rowBits)
    let worths = ZeroedBuffer<UInt8>(count: 1 << rowBits)
    forEachHash { hash in
      let value = worth(hash)
      guard value > 0 else { return }
      let first = Self.firstRow(hash, rowBits: rowBits)
      let check = Self.check(hash)
      var weakest = first
      for row in first..<first + Self.bucketSize {
        if checks.pointer[row] == check { return }
        if worths.pointer[row] < worths.pointer[weakest] { weakest = row }
      }
      guard value > worths.pointer[weakest] else { return }
      checks.pointer[weakest] = check
      worths.pointer[weakest] = value
    }
    self.init(
      rowBits: rowBits,
      checks: ConstantBuffer(pointer: checks.pointer, count: checks.count, owner: checks))
  }

  /// Asks the memory for what ``row(forHash:)`` will look at.
  @inline(__always)
  func prefetchChecks(ofHash hash: UInt64) {
    lstmzip_prefetch(checks.pointer + Self.firstRow(hash, rowBits: rowBits), 1)
  }

  /// The row of the context with the given hash, or -1.
  @inline(__always)
  func row(forHash hash: UInt64) -> Int {
    let first = Self.firstRow(hash, rowBits: rowBits)
    let check = Self.check(hash)
    for row in first..<first &+ Self.bucketSize where checks.pointer[row] == check { return row }
    return -1
  }

  @inline(__always)
  private static func firstRow(_ hash: UInt64, rowBits: Int) -> Int {
    Int(truncatingIfNeeded: hash &>> UInt64(64 &- rowBits)) & ~(bucketSize &- 1)
  }

  @inline(__always)
  private static func check(_ hash: UInt64) -> UInt16 { UInt16(truncatingIfNeeded: hash) | 1 }
}

/// Trained embeddings of n-grams and words, which no further learning changes: hashed n-gram
/// embeddings (Mikolov et al., "RNNLM", 2011; Pagnoni et al., "Byte latent transformer", 2024,
/// section 3.2.1).
///
/// A number is four bits, from -7 to 7, times the row's scale, which is eight bits times
/// ``scale``. The rows of a byte's contexts, one after the other, are an input of the first layer.
package struct NgramTable: Sendable {
  /// Which rows there are.
  package let index: NgramIndex
  /// Numbers of a row, a multiple of 16.
  package let width: Int
  /// All rows, one after the other, two numbers a byte, the first one lowest, each with 8 added.
  package let values: ConstantBuffer<UInt8>
  /// The rows' scales, in units of ``scale``.
  package let rowScales: ConstantBuffer<UInt8>
  /// The unit of the rows' scales.
  package let scale: Float

  private static let greatest: Float = 7

  /// Makes a table of `2^index.rowBits` rows.
  package init(
    index: NgramIndex, width: Int, values: ConstantBuffer<UInt8>, rowScales: ConstantBuffer<UInt8>,
    scale: Float
  ) {
    precondition(values.count == (width / 2) << index.rowBits)
    precondition(rowScales.count == 1 << index.rowBits)
    self.index = index
    self.width = width
    self.values = values
    self.rowScales = rowScales
    self.scale = scale
  }

  /// Rounds rows.
  init(_ rows: RowPool<Float>, index: NgramIndex) {
    // Rows of a training that diverged are no numbers: they count as zeros.
    let sizes = (0..<rows.count).map { row in
      rows.values(ofRow: row).map(\.magnitude).filter(\.isFinite).max() ?? 0
    }
    let scale = max(sizes.max() ?? 0, 1e-9) / Self.greatest / 255
    let values = ZeroedBuffer<UInt8>(count: rows.count * rows.width / 2)
    let rowScales = ZeroedBuffer<UInt8>(count: rows.count)
    for row in 0..<rows.count {
      let floats = UnsafeMutableBufferPointer(rebasing: rows.values(ofRow: row)[...])
      let code = Self.bestScale(floats, greatest: sizes[row], unit: scale)
      rowScales.pointer[row] = code
      let step = Float(code) * scale
      for i in 0..<rows.width / 2 {
        let low = Self.rounded(floats[2 * i], step)
        let high = Self.rounded(floats[2 * i + 1], step)
        values.pointer[row * rows.width / 2 + i] = UInt8(low + 8) | UInt8(high + 8) << 4
      }
    }
    self.init(
      index: index, width: rows.width,
      values: ConstantBuffer(pointer: values.pointer, count: values.count, owner: values),
      rowScales: ConstantBuffer(
        pointer: rowScales.pointer, count: rowScales.count, owner: rowScales), scale: scale)
  }

  /// The scale with the least square error: clipping the greatest number may round the others better.
  private static func bestScale(
    _ values: UnsafeMutableBufferPointer<Float>, greatest size: Float, unit: Float
  ) -> UInt8 {
    let full = max(1, min(255, Int((size / greatest / unit).rounded(.up))))
    var best = full
    var leastError = Float.infinity
    for code in max(1, full * 6 / 10)...full {
      let step = Float(code) * unit
      var error: Float = 0
      for value in values {
        let difference = value - Float(rounded(value, step)) * step
        error += difference * difference
      }
      if error < leastError { (best, leastError) = (code, error) }
    }
    return UInt8(best)
  }

  private static func rounded(_ value: Float, _ step: Float) -> Int {
    value.isFinite ? Int(max(-greatest, min(greatest, (value / step).rounded()))) : 0
  }

  /// Writes a row's numbers to `floats`.
  @inline(__always)
  func copy(row: Int, to floats: UnsafeMutablePointer<Float>) {
    let source = values.pointer + row &* (width / 2)
    let step = Float(rowScales.pointer[row]) * scale
    for i in 0..<width / 2 {
      let pair = Int32(source[i])
      floats[2 &* i] = Float((pair & 15) &- 8) * step
      floats[2 &* i &+ 1] = Float(pair &>> 4 &- 8) * step
    }
  }
}

/// Where a network's n-gram embeddings come from.
package enum NgramSource: Sendable {
  /// A table that stays as it is.
  case table(NgramTable)
  /// Rows that start at zero and learn with the network.
  case learned(NgramIndex)
}

/// The n-gram embeddings of a network.
final class NgramEmbeddings {
  let index: NgramIndex
  private let table: NgramTable?
  /// The rows, if they learn.
  let rows: RowPool<Float>?

  /// Takes rows of `width` numbers, of which at most `changes` learn in a window.
  init(_ source: NgramSource, width: Int, changes: Int) {
    switch source {
    case .table(let table):
      precondition(table.width == width, "rows of another width")
      self.table = table
      index = table.index
      rows = nil
    case .learned(let index):
      table = nil
      self.index = index
      rows = RowPool(count: 1 << index.rowBits, width: width, changes: changes)
    }
  }

  /// Asks the memory for a row.
  @inline(__always)
  func prefetch(row: Int, kernels: Kernels) {
    guard row >= 0 else { return }
    if let table {
      kernels.prefetch(bytes: table.values.pointer + row &* (table.width / 2), table.width / 2)
      kernels.prefetch(bytes: table.rowScales.pointer + row, 1)
    } else if let rows {
      kernels.prefetch(rows.elements(ofRow: row), count: rows.width)
    }
  }

  /// Writes a row's numbers, zeros for row -1, to `floats`.
  @inline(__always)
  func copy(row: Int, width: Int, to floats: UnsafeMutablePointer<Float>) {
    if row < 0 {
      floats.update(repeating: 0, count: width)
    } else if let table {
      table.copy(row: row, to: floats)
    } else if let rows {
      floats.update(from: rows.elements(ofRow: row), count: width)
    }
  }

  /// The rows as they are, or rounded if they learn.
  var frozen: NgramTable {
    if let table { return table }
    guard let rows else { preconditionFailure("embeddings without rows") }
    return NgramTable(rows, index: index)
  }
}
