/// What is known of one part of the content that is predicted beside others; all tables are shared.
package struct Lane {
  package var hasher: ContextHasher
  /// The match of the longest bytes, and of fewer.
  package var longMatch: MatchFinder
  package var shortMatch: MatchFinder
  /// The contexts' hashes for the next byte; whoever uses them may overwrite them.
  package var hashes: UnsafeMutablePointer<UInt64>
  /// The contexts of a trained prior.
  private var ngrams = NgramHasher()
  /// The hash of the last 21 bytes: older ones have been shifted out.
  private var longHash: UInt64 = 0

  init(hasher: ContextHasher, tableSize: Int, hashes: UnsafeMutablePointer<UInt64>, arena: Arena) {
    self.hasher = hasher
    longMatch = MatchFinder(minimumLength: 20, tableSize: tableSize, arena: arena)
    shortMatch = MatchFinder(minimumLength: 5, tableSize: tableSize, arena: arena)
    self.hashes = hashes
    fillHashes()
  }

  /// Goes on at another position, as at a start.
  mutating func restart(at position: Int) {
    hasher.restart(at: position)
    longMatch.abandon()
    shortMatch.abandon()
    longHash = 0
    ngrams = NgramHasher()
    fillHashes()
  }

  /// Takes in the next byte.
  mutating func append(_ byte: UInt8) {
    hasher.append(byte)
    ngrams.append(byte)
    // The multiplier is a multiple of 8.
    longHash = longHash &* 0x2F0B_4C48 &+ UInt64(byte) &+ 1
    longMatch.append(hasher.history, hash: longHash &* 0x9E37_79B9_7F4A_7C15)
    shortMatch.append(hasher.history, hash: hasher.recent &<< 24 &* 0x9E37_79B9_7F4A_7C15)
    fillHashes()
  }

  /// Writes the hashes of the last n-grams.
  func fillNgramHashes(_ hashes: UnsafeMutablePointer<UInt64>) { ngrams.fill(hashes) }

  func fillHashes() {
    let match = longMatch.length > 0 ? longMatch : shortMatch
    hasher.fill(hashes, expected: match.expected, expectedLength: min(match.lengthClass, 15))
  }
}
