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
  /// Rows of a bucket.
  private static let bucketSize = 4
  private static let greatestConfidence: UInt8 = 60

  /// Floats a row.
  let width: Int
  /// All rows, one after the other.
  let rows: FloatBuffer
  /// One running mean square a row.
  let secondMoments: FloatBuffer
  /// One check a row; 0 marks a row that was never used.
  let checks: ZeroedBuffer<UInt16>
  /// One confidence a row.
  let confidences: ZeroedBuffer<UInt8>
  private let rowBits: Int

  /// Makes `2^rowBits` rows of `width` zeros.
  init(rowBits: Int, width: Int) {
    let count = 1 << rowBits
    self.rowBits = rowBits
    self.width = width
    rows = FloatBuffer(count: count * width)
    secondMoments = FloatBuffer(count: count)
    checks = ZeroedBuffer(count: count)
    confidences = ZeroedBuffer(count: count)
  }

  /// Bytes that a table of this size holds.
  static func requiredBytes(rowBits: Int, width: Int) -> Int {
    (1 << rowBits) * (width * 4 + 4 + 2 + 1)
  }

  /// The number of the row that belongs to the context with the given hash, which is made if there
  /// is none.
  func row(forHash hash: UInt64) -> Int {
    let first = Int(hash >> UInt64(64 - rowBits))
    let (checks, confidences) = (checks.pointer, confidences.pointer)
    let check = UInt16(truncatingIfNeeded: hash) | 1
    var weakest = first
    for offset in 0..<Self.bucketSize {
      let row = first ^ offset
      if checks[row] == check {
        if confidences[row] < Self.greatestConfidence { confidences[row] += 1 }
        return row
      }
      if confidences[row] < confidences[weakest] { weakest = row }
    }
    replace(weakest, inBucketOf: first, check: check)
    return weakest
  }

  private func replace(_ row: Int, inBucketOf first: Int, check: UInt16) {
    let (checks, confidences) = (checks.pointer, confidences.pointer)
    for offset in 0..<Self.bucketSize {
      let other = first ^ offset
      if other != row && confidences[other] > 0 { confidences[other] -= 1 }
    }
    if checks[row] != 0 {
      (rows.pointer + row * width).update(repeating: 0, count: width)
      secondMoments.pointer[row] = 0
    }
    checks[row] = check
    confidences[row] = 1
  }
}
