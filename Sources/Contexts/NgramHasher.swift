// SPDX-License-Identifier: Apache-2.0

/// The contexts of a trained model's table: hashes of the last bytes and words.
///
/// Trained tables are indexed by these hashes, so that they never change. Unlike the contexts of
/// ``ContextModel`` they depend on nothing but the bytes before, within a few words: what holds of
/// them in one content holds in another.
package struct NgramHasher: Codable, Sendable {
  /// The number of contexts: the last 2, 3, 4, 5 and 6 bytes; the word that is being written with
  /// the last byte; that word and the one before; the second and third last bytes.
  package static let contextCount = 8

  /// The last 8 bytes, the most recent one lowest.
  private var recent: UInt64 = 0
  private var words = WordHashes()

  /// Makes a hasher that has seen nothing.
  package init() {}

  /// Takes in the next byte.
  @inline(__always)
  package mutating func append(_ byte: UInt8) {
    recent = recent &<< 8 | UInt64(byte)
    _ = words.append(byte)
  }

  /// Writes the hashes of all contexts to the first ``contextCount`` elements of `hashes`.
  @inline(__always)
  package func fill(_ hashes: UnsafeMutableBufferPointer<UInt64>) {
    precondition(hashes.count >= Self.contextCount, "less room than hashes")
    hashes[0] = contextHash(0, recent & 0xFFFF, 0)
    hashes[1] = contextHash(1, recent & 0xFF_FFFF, 0)
    hashes[2] = contextHash(2, recent & 0xFFFF_FFFF, 0)
    hashes[3] = contextHash(3, recent & 0xFF_FFFF_FFFF, 0)
    hashes[4] = contextHash(4, recent & 0xFFFF_FFFF_FFFF, 0)
    hashes[5] = contextHash(5, words.current, recent & 0xFF)
    hashes[6] = contextHash(6, words.current, words.previous)
    hashes[7] = contextHash(7, recent & 0xFF_FF00, 0)
  }
}
