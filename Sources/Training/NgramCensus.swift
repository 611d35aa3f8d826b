// SPDX-License-Identifier: Apache-2.0

import Contexts
import LSTM
import Platform

/// Counts in how many pieces of the training data each n-gram occurs: what is worth a row of the table
/// is what many contents have in common, not what one of them repeats.
final class NgramCensus {
  /// Binary logarithm of the greatest number of counters.
  private static let greatestCounterBits = 28

  /// Binary logarithm of the number of counters, found by a part of the hash: at least four for an
  /// n-gram.
  private let counterBits: Int
  /// A counter: the last piece that counted, in 8 bits, and below it the number of pieces.
  private let counters: ZeroedBuffer<UInt16>
  private let data: TrainingData

  init(_ data: TrainingData) {
    self.data = data
    let most = max(4 * NgramHasher.contextCount * data.byteCount, 2)
    counterBits = min(Int.bitWidth - (most - 1).leadingZeroBitCount, Self.greatestCounterBits)
    counters = ZeroedBuffer(count: 1 << counterBits)
    for piece in data.pieces.indices {
      let mark = UInt16(truncatingIfNeeded: piece % 255 + 1) << 8
      forEachHash(in: data.pieces[piece]) { hash in
        let counter = counters.pointer + counter(hash)
        let count = counter.pointee
        if count & 0xFF00 != mark && count & 0xFF < 255 {
          counter.pointee = mark | (count & 0xFF + 1)
        }
      }
    }
  }

  /// The index of `2^rowBits` rows for the n-grams that occur in the most pieces, two at least.
  func index(rowBits: Int) -> NgramIndex {
    NgramIndex(
      rowBits: rowBits,
      forEachHash: { body in
        for piece in data.pieces { forEachHash(in: piece, body) }
      },
      worth: { hash in
        let count = UInt8(truncatingIfNeeded: self.counters.pointer[self.counter(hash)])
        return count > 1 ? count : 0
      })
  }

  private func counter(_ hash: UInt64) -> Int {
    Int(truncatingIfNeeded: (hash &* 0x9E37_79B9_7F4A_7C15) &>> UInt64(64 - counterBits))
  }

  private func forEachHash(in piece: TrainingData.Piece, _ body: (UInt64) -> Void) {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: NgramHasher.contextCount) { hashes in
      var hasher = NgramHasher()
      for byte in data.files[piece.file][piece.range] {
        hasher.append(byte)
        hasher.fill(hashes)
        for hash in hashes { body(hash) }
      }
    }
  }
}
