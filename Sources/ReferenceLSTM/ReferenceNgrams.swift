// SPDX-License-Identifier: Apache-2.0

/// Which n-grams have rows: `docs/NUMERICS.md`, section 3, "Trained networks".
package struct ReferenceNgrams {
  private let checks: [UInt16]  // (2^rowBits)
  private let rowBits: Int
  /// The rows that learning starts from: (2^rowBits, width).
  let rows: [[Float]]
  /// Whether learning changes the rows: only while a model is trained.
  let learn: Bool

  /// Rows of zeros that learn.
  package init(rowBits: Int, checks: [UInt16], width: Int) {
    (self.rowBits, self.checks) = (rowBits, checks)
    rows = checks.map { _ in Array(repeating: 0, count: width) }
    learn = true
  }

  /// Rows of a model, which stay: 4 bits a number, the even ones lowest, and 8 bits a row's scale.
  package init(
    rowBits: Int, checks: [UInt16], width: Int, pairs: [UInt8], rowScales: [UInt8], scale: Float
  ) {
    (self.rowBits, self.checks) = (rowBits, checks)
    rows = checks.indices.map { row in
      let step = Float(rowScales[row]) * scale
      return (0..<width).map { index in
        let pair = pairs[(row * width + index) / 2]
        return Float(Int(index % 2 == 0 ? pair & 15 : pair >> 4) - 8) * step
      }
    }
    learn = false
  }

  /// The row of an n-gram, or -1.
  func row(forHash hash: UInt64) -> Int {
    let bucket = Int(hash >> UInt64(64 - rowBits)) / 4
    let check = UInt16(truncatingIfNeeded: hash) | 1
    return (4 * bucket..<4 * bucket + 4).first { checks[$0] == check } ?? -1
  }
}
