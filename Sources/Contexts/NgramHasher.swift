/// The contexts of a trained prior: hashes of the last bytes and words.
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
  /// Hash of the word that is being written, 0 between words; and of the one before it.
  private var word: UInt64 = 0
  private var previousWord: UInt64 = 0

  /// Makes a hasher that has seen nothing.
  package init() {}

  /// Takes in the next byte.
  @inline(__always)
  package mutating func append(_ byte: UInt8) {
    recent = recent &<< 8 | UInt64(byte)
    let isUpper = byte &- 65 < 26
    if isUpper || byte &- 97 < 26 || byte >= 128 {
      word = (word &+ UInt64(isUpper ? byte | 0x20 : byte) &+ 1) &* 0x2F0B_4C47_9A3B_11C5
      word ^= word &>> 29
    } else if word != 0 {
      previousWord = word
      word = 0
    }
  }

  /// Writes the hashes of all contexts to `hashes`.
  @inline(__always)
  package func fill(_ hashes: UnsafeMutablePointer<UInt64>) {
    @inline(__always) func set(_ index: Int, _ a: UInt64, _ b: UInt64 = 0) {
      var hash = (a &+ UInt64(index &+ 1) &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
      hash = (hash ^ hash &>> 32 ^ b &* 0xA0B4_28DB_1234_5679) &* 0xC2B2_AE3D_27D4_EB4F
      hashes[index] = hash ^ hash &>> 29
    }
    set(0, recent & 0xFFFF)
    set(1, recent & 0xFF_FFFF)
    set(2, recent & 0xFFFF_FFFF)
    set(3, recent & 0xFF_FFFF_FFFF)
    set(4, recent & 0xFFFF_FFFF_FFFF)
    set(5, word, recent & 0xFF)
    set(6, word, previousWord)
    set(7, recent & 0xFF_FF00)
  }
}
