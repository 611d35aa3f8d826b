/// What the contexts are computed from: the bytes seen so far and a few summaries of them.
///
/// Everything is integer arithmetic that wraps, and everything starts at zero. `docs/NUMERICS.md`
/// specifies each value.
final class ContextHistory {
  /// The last 8 bytes, the most recent one lowest.
  private var recent: UInt64 = 0
  /// Hash of the word that is being written; 0 between words.
  private var word: UInt32 = 0
  /// Hash of the last finished word.
  private var previousWord: UInt32 = 0
  /// Bytes since the last line feed.
  private var column: UInt16 = 0
  /// For each byte the two bytes that last followed it, the most recent one lowest.
  private let byteFollowers = ZeroedBuffer<UInt16>(count: 1 << 8)
  /// For each pair of bytes the two bytes that last followed it, the most recent one lowest.
  private let pairFollowers = ZeroedBuffer<UInt16>(count: 1 << 16)
  private let matcher = MatchFinder()

  /// Bytes that a history holds, less one a byte of the content.
  static let requiredBytes = 2 * ((1 << 8) + (1 << 16)) + MatchFinder.requiredBytes

  /// The most recent byte, or 0 at the start.
  var lastByte: UInt8 { UInt8(truncatingIfNeeded: recent) }

  /// The 64-bit hash of the context as it stands; equal contexts have equal hashes.
  func hash(of context: Context) -> UInt64 {
    Self.mix(value(of: context) &+ UInt64(context.rawValue + 1) &* 0x9E37_79B9_7F4A_7C15)
  }

  /// Takes in the next byte.
  ///
  /// - Complexity: O(1), but for a new match, which is compared byte by byte
  /// up to ``MatchFinder/longestComparison``.
  func append(_ byte: UInt8) {
    let pair = Int(recent & 0xFFFF)
    pairFollowers.pointer[pair] = pairFollowers.pointer[pair] << 8 | UInt16(byte)
    byteFollowers.pointer[pair & 0xFF] = byteFollowers.pointer[pair & 0xFF] << 8 | UInt16(byte)
    column = byte == UInt8(ascii: "\n") ? 0 : column == .max ? .max : column + 1
    recent = recent << 8 | UInt64(byte)
    matcher.append(byte)
    appendToWord(byte)
  }

  private func value(of context: Context) -> UInt64 {
    switch context {
    case .order2: recent & 0xFFFF
    case .order4: recent & 0xFFFF_FFFF
    case .order5: recent & 0xFF_FFFF_FFFF
    case .order6: recent & 0xFFFF_FFFF_FFFF
    case .word: UInt64(word)
    case .wordPair: UInt64(word) << 32 | UInt64(previousWord)
    case .bytes2And3: recent >> 8 & 0xFFFF
    case .byte4: recent >> 24 & 0xFF
    case .bytes1And3: recent & 0xFF_00FF
    case .highNibbles: recent & 0xF0F0_F0F0
    case .column: UInt64(column)
    case .match: UInt64(matcher.expected) << 8 | UInt64(matcher.lengthClass)
    case .matchAndByte:
      UInt64(matcher.expected) << 16 | (matcher.isLong ? 1 << 8 : 0) | recent & 0xFF
    case .order1History: UInt64(byteFollowers.pointer[Int(recent & 0xFF)]) << 8 | recent & 0xFF
    case .order2History: UInt64(pairFollowers.pointer[Int(recent & 0xFFFF)]) << 8 | recent & 0xFF
    case .wordAndByte: UInt64(word) << 8 | recent & 0xFF
    }
  }

  private func appendToWord(_ byte: UInt8) {
    let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
    let isLower = byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")
    if isUpper || isLower || byte >= 128 {
      // Bit 5 is the difference between an ASCII capital and its small letter.
      let letter = UInt32(isUpper ? byte | 0x20 : byte)
      word = (word &+ letter &+ 1) &* 0x2F0B_4C47
      word ^= word >> 15
    } else if word != 0 {
      previousWord = word
      word = 0
    }
  }

  /// A finaliser of the kind of SplitMix64's: every bit of the result depends on every bit of `x`.
  private static func mix(_ x: UInt64) -> UInt64 {
    var x = (x ^ x >> 32) &* 0xD6E8_FEB8_6659_FD93
    x = (x ^ x >> 32) &* 0xD6E8_FEB8_6659_FD93
    return x ^ x >> 32
  }
}
