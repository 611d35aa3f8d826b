// SPDX-License-Identifier: Apache-2.0

/// Which row belongs to which context: `docs/NUMERICS.md`, section 3, "Context rows".
struct ReferencePool {
  private struct Owner {
    var check: UInt16 = 0
    var confidence = 0
    /// Grows when the row goes to another context.
    var number = 0
  }

  private var owners: [Owner]  // (2^rowBits)
  private let rowBits: Int

  init(rowBits: Int) {
    self.rowBits = rowBits
    owners = Array(repeating: Owner(), count: 1 << rowBits)
  }

  /// A number for each row that is another one after the row went to another context.
  var ownerNumbers: [Int] { owners.map(\.number) }

  /// The row of a context, and whether it was given to this context just now.
  mutating func row(forHash hash: UInt64) -> (row: Int, isNew: Bool) {
    let first = Int(hash >> UInt64(64 - rowBits))
    let check = UInt16(truncatingIfNeeded: hash) | 1
    let bucket = (0..<4).map { first ^ $0 }
    if let row = bucket.first(where: { owners[$0].check == check }) {
      owners[row].confidence = min(60, owners[row].confidence + 1)
      return (row, false)
    }
    var weakest = first
    for row in bucket where owners[row].confidence < owners[weakest].confidence { weakest = row }
    for row in bucket where row != weakest {
      owners[row].confidence = max(0, owners[row].confidence - 1)
    }
    owners[weakest] = Owner(check: check, confidence: 1, number: owners[weakest].number + 1)
    return (weakest, true)
  }
}
