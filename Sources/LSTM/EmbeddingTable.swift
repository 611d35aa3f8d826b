// SPDX-License-Identifier: Apache-2.0

import CKernels
import Platform

/// The context embeddings: rows of gate pre-activations, found by a context's hash.
///
/// One pool of rows serves all contexts, so that contexts with few values leave room to those with
/// many. A row belongs to a bucket of four and carries a check of its context's hash, as the slots
/// of paq's hash tables do: a context that finds no row of its own takes the least confident one of
/// its bucket and starts from zero, while the others of the bucket lose confidence.
///
/// Each row has one second moment, the running mean of its gradient's mean square. It starts at
/// zero and is not corrected for that, so that the first steps of a new row are long: what a context
/// has seen once is worth more than what a general rate would teach.
final class EmbeddingTable {
  /// Whose a row is.
  struct Owner: BitwiseCopyable {
    /// A part of the context's hash; 0 for a row that was never used.
    var check: UInt16
    var confidence: UInt8
  }

  /// Rows of a bucket.
  private static let bucketSize = 4
  private static let greatestConfidence: UInt8 = 60

  /// The rows.
  let rows: RowPool<UInt16>
  /// One owner a row.
  let owners: ZeroedBuffer<Owner>
  private let rowBits: Int

  /// Makes `2^rowBits` rows of `width` zeros, of which at most `changes` are looked up between two
  /// calls of `rows.publish()`.
  init(rowBits: Int, width: Int, changes: Int) {
    let count = 1 << rowBits
    self.rowBits = rowBits
    rows = RowPool(count: count, width: width, changes: changes)
    owners = ZeroedBuffer(count: count)
  }

  /// Bytes that a table of this size holds.
  static func requiredBytes(rowBits: Int, width: Int, changes: Int) -> Int {
    RowPool<UInt16>.requiredBytes(count: 1 << rowBits, width: width, changes: changes)
      + MemoryLayout<Owner>.stride << rowBits
  }

  /// Asks the memory for what ``row(forHash:)`` will look at.
  @inline(__always)
  func prefetchOwners(ofHash hash: UInt64) {
    let first = Int(hash &>> UInt64(64 &- rowBits))
    lstmzip_prefetch(owners.pointer + first, 1)
    // A bucket's rows have their slots in one cache line.
    rows.prefetchSlot(of: first)
  }

  /// The number of the row that belongs to the context with the given hash, which is made if there
  /// is none.
  func row(forHash hash: UInt64) -> Int {
    let first = Int(hash >> UInt64(64 - rowBits))
    let owners = owners.pointer
    let check = UInt16(truncatingIfNeeded: hash) | 1
    var weakest = first
    for offset in 0..<Self.bucketSize {
      let row = first ^ offset
      if owners[row].check == check {
        if owners[row].confidence < Self.greatestConfidence { owners[row].confidence += 1 }
        return row
      }
      if owners[row].confidence < owners[weakest].confidence { weakest = row }
    }
    replace(weakest, inBucketOf: first, check: check)
    return weakest
  }

  private func replace(_ row: Int, inBucketOf first: Int, check: UInt16) {
    let owners = owners.pointer
    for offset in 0..<Self.bucketSize {
      let other = first ^ offset
      if other != row && owners[other].confidence > 0 { owners[other].confidence -= 1 }
    }
    if owners[row].check != 0 { rows.clear(row: row) }
    owners[row] = Owner(check: check, confidence: 1)
  }
}
