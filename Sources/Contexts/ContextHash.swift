// SPDX-License-Identifier: Apache-2.0

/// The hash of two values under a number: what a context is looked up by, the same for ever.
@inline(__always)
func contextHash(_ number: UInt64, _ a: UInt64, _ b: UInt64) -> UInt64 {
  var hash = (a &+ (number &+ 1) &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
  hash = (hash ^ hash &>> 32 ^ b &* 0xA0B4_28DB_1234_5679) &* 0xC2B2_AE3D_27D4_EB4F
  return hash ^ hash &>> 29
}

/// Hashes of the words that are written: runs of letters and of bytes beyond ASCII, in small letters.
struct WordHashes: Codable, Sendable {
  /// That of the word that is being written, 0 between words.
  private(set) var current: UInt64 = 0
  /// Those of the word before, and of the one before that.
  private(set) var previous: UInt64 = 0
  private(set) var secondPrevious: UInt64 = 0

  /// Takes in the next byte; returns whether it belongs to a word.
  @inline(__always)
  mutating func append(_ byte: UInt8) -> Bool {
    let isUpper = byte &- 65 < 26
    if isUpper || byte &- 97 < 26 || byte >= 128 {
      let letter = UInt64(isUpper ? byte | 0x20 : byte)
      current = (current &+ letter &+ 1) &* 0x2F0B_4C47_9A3B_11C5
      current ^= current &>> 29
      return true
    }
    if current != 0 {
      secondPrevious = previous
      previous = current
      current = 0
    }
    return false
  }
}
