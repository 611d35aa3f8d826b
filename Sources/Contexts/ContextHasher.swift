import Content
import Platform

/// The contexts: functions of the bytes seen so far, computed once a byte.
package struct ContextHasher {
  package let type: ContentType
  package let recordLength: Int
  package private(set) var history: ByteBuffer
  /// The last 8 bytes, the most recent one lowest.
  package private(set) var recent: UInt64 = 0
  /// The column in the record.
  package private(set) var recordColumn = 0
  /// The classes of the last characters, the most recent one lowest, 4 bits each.
  package private(set) var format: UInt64 = 0
  /// The last 8 bytes' kinds of letters, the most recent one lowest, 2 bits each.
  private var letters: UInt64 = 0
  /// Which of the last bytes were zero, the most recent one lowest.
  private var zeros: UInt64 = 0
  /// The ranges of value of the last bytes, the most recent one lowest, 4 bits each.
  private var ranges: UInt64 = 0
  /// Hash of the word that is being written, 0 between words; and of the two words before it.
  private var word: UInt64 = 0
  private var word1: UInt64 = 0
  private var word2: UInt64 = 0
  /// Hash of the digits of the number that is being written.
  private var number: UInt64 = 0
  private var lineStart = 0
  private var previousLineStart = 0
  private var firstOfLine: UInt64 = 0
  /// The position of the last zero byte.
  private var lastZero = 0
  /// The open brackets, the innermost lowest.
  private var nesting: UInt64 = 0
  /// The bytes that followed the last occurrences of each byte, and of each pair.
  private let followers1: UnsafeMutablePointer<UInt32>
  private let followers2: UnsafeMutablePointer<UInt16>
  /// Fields of 16 bits: big-endian after a tag, the same behind another field, and little-endian.
  private let progressions: (NumericProgression, NumericProgression, NumericProgression)
  private var branchTargets: BranchTargets

  init(configuration: ContextConfiguration, historyCapacity: Int, arena: Arena) {
    history = ByteBuffer(capacity: historyCapacity, arena: arena)
    type = configuration.type
    recordLength = configuration.recordLength
    followers1 = arena.allocate(256, repeating: 0)
    followers2 = arena.allocate(1 &<< 16, repeating: 0)
    progressions = (
      NumericProgression(isBigEndian: true, gap: 0, arena: arena),
      NumericProgression(isBigEndian: true, gap: 2, arena: arena),
      NumericProgression(isBigEndian: false, gap: 0, arena: arena)
    )
    branchTargets = BranchTargets(arena: arena)
  }

  /// Goes on at another position, as at a start; copies of a hasher share what the bytes so far left.
  mutating func restart(at position: Int) {
    history.move(to: position)
    recent = 0
    recordColumn = recordLength == 0 ? 0 : position % recordLength
    (format, letters, zeros, ranges) = (0, 0, 0, 0)
    (word, word1, word2, number) = (0, 0, 0, 0)
    (lineStart, previousLineStart, lastZero) = (position, position, position)
    firstOfLine = 0
    nesting = 0
    branchTargets.restart()
  }

  /// Takes in the next byte.
  @inline(__always)
  mutating func append(_ byte: UInt8) {
    if byte == 0 { lastZero = history.count }
    switch byte {
    case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "<"):
      nesting = nesting &<< 8 | UInt64(byte)
    case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ">"):
      nesting = nesting &>> 8
    default: break
    }
    let c1 = Int(recent & 0xFF)
    followers1[c1] = followers1[c1] &<< 8 | UInt32(byte)
    let pair = Int(recent & 0xFFFF)
    followers2[pair] = followers2[pair] &<< 8 | UInt16(byte)
    recent = recent &<< 8 | UInt64(byte)
    history.append(byte)
    if type == .binary {
      progressions.0.append(recent)
      progressions.1.append(recent)
      progressions.2.append(recent)
      branchTargets.append(recent, position: history.count)
    }
    recordColumn &+= 1
    if recordColumn >= recordLength { recordColumn = 0 }
    let isUpper = byte &- 65 < 26
    let isLower = byte &- 97 < 26
    if isUpper || isLower || byte >= 128 {
      let letter = UInt64(isUpper ? byte | 0x20 : byte)
      word = (word &+ letter &+ 1) &* 0x2F0B_4C47_9A3B_11C5
      word ^= word &>> 29
      number = 0
    } else {
      if word != 0 {
        word2 = word1
        word1 = word
        word = 0
      }
      if byte &- 48 < 10 {
        number = (number &+ UInt64(byte)) &* 0x9E37_79B9_7F4A_7C15
      } else {
        number = 0
      }
    }
    if byte == 10 {
      previousLineStart = lineStart
      lineStart = history.count
      firstOfLine = 0
    } else if history.count &- lineStart <= 1 {
      firstOfLine = UInt64(byte)
    }
    if type == .text {
      letters = letters &<< 2 | Self.letterKind(of: byte)
    } else {
      zeros = zeros &<< 1 | (byte == 0 ? 1 : 0)
      ranges = ranges &<< 4 | Self.range(of: byte)
    }
    let kind = Self.characterClass(of: byte)
    // Runs of letters, or of digits, count once.
    if kind != format & 15 || kind > 3 { format = format &<< 4 | kind }
  }

  /// 1 for vowels, 2 for other ASCII letters, 0 for a space and 3 for the rest.
  private static func letterKind(of byte: UInt8) -> UInt64 {
    switch byte | 0x20 {
    case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"),
      UInt8(ascii: "u"):
      1
    case 98...122: 2
    default: byte == 32 ? 0 : 3
    }
  }

  /// Narrow at the ends of the bytes' range, where numbers are most often, and as wide as kinds of
  /// ASCII characters between.
  private static func range(of byte: UInt8) -> UInt64 {
    switch byte {
    case 0: 0
    case 1..<4: 1
    case 4..<32: 2
    case 32..<48: 3
    case 48..<58: 4
    case 58..<65: 5
    case 65..<91: 6
    case 91..<97: 7
    case 97..<123: 8
    case 123..<128: 9
    case 128..<160: 10
    case 160..<192: 11
    case 192..<224: 12
    case 224..<252: 13
    case 252..<255: 14
    default: 15
    }
  }

  private static func characterClass(of byte: UInt8) -> UInt64 {
    switch byte {
    case 97...122, 128...255: 1
    case 65...90: 2
    case 48...57: 3
    case 32: 4
    case 10: 5
    case 0..<32: 6
    case 33..<47: 7
    default: 8
    }
  }

  /// The byte above in the last line.
  @inline(__always)
  package var aboveText: Int {
    let column = history.count &- lineStart
    let position = previousLineStart &+ column
    return position < lineStart && history.holds(position) ? Int(history[position]) : 0
  }
  /// The column in the line.
  package var column: Int { min(history.count &- lineStart, 255) }

  /// Writes the hashes of all contexts to `hashes`.
  ///
  /// `expected` is the byte that a match predicts, `expectedLength` the class of its length.
  @inline(__always)
  func fill(_ hashes: UnsafeMutablePointer<UInt64>, expected: Int, expectedLength: Int) {
    var n: UInt64 = 0
    @inline(__always) func add(_ a: UInt64, _ b: UInt64 = 0) {
      var h = (a &+ (n &+ 1) &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
      h = (h ^ h &>> 32 ^ b &* 0xA0B4_28DB_1234_5679) &* 0xC2B2_AE3D_27D4_EB4F
      hashes[Int(n)] = h ^ h &>> 29
      n &+= 1
    }
    let r = recent
    let c1 = r & 0xFF
    add(0)
    add(r & 0xFF)
    add(r & 0xFFFF)
    add(r & 0xFF_FFFF)
    add(r & 0xFFFF_FFFF)
    add(r & 0xFF_FFFF_FFFF)
    add(r & 0xFFFF_FFFF_FFFF)
    add(r)
    add(UInt64(expected), UInt64(expectedLength) &<< 8 | c1)
    switch type {
    case .text:
      add(word, c1)
      add(word, word1)
      add(word, word2)
      add(word1, word2 &+ c1)
      add(number &+ word, firstOfLine)
      add(r & 0xFF00_FF00 | 1)
      add(r & 0xFF_FF00)
      add(format & 0xFFFF_FFFF, c1)
      add(UInt64(column), UInt64(aboveText))
      add(word, format & 0xFFFF)
      add(UInt64(followers2[Int(r & 0xFFFF)]), c1)
      add(word, UInt64(expected))
      add(format & 0xFFFF_FFFF_FFFF, UInt64(column))
      add(nesting, word)
      add(letters & 0xFFFF, c1)
    case .binary, .bilevel:
      add(r & 0xFF00)
      add(r & 0xFF_0000)
      add(r & 0xFF_FF00)
      add(r & 0xFF_00FF)
      add(r & 0xFF00_0000)
      add(r & 0xFFFF_0000)
      add(r & 0xF0F0_F0F0)
      add(UInt64(followers1[Int(c1)] & 0xFFFF), c1)
      add(UInt64(followers2[Int(r & 0xFFFF)]))
      add(UInt64(followers1[Int(c1)] & 0xFF_FFFF))
      add(word, c1)
      let length = recordLength
      let col = UInt64(recordColumn)
      let above = UInt64(history.back(length))
      let above2 = UInt64(history.back(length &* 2))
      // Outside of operands the last byte alone.
      add(branchTargets.expected, branchTargets.expected == 0 ? c1 : 0)
      add(progressions.0.expected(r), c1)
      add(progressions.1.expected(r), c1)
      add(above &<< 8 | above2, c1)
      add(above &<< 8 | UInt64(history.back(length + 1)), c1)
      add(progressions.2.expected(r), c1)
      add(r & 0xE0E0_E0E0_E0)
      add(r & 0xFFF8_F8F8)
      add(above &* 2 &- above2, col)
      add(UInt64(history.count &- lastZero), c1)
      add((r &>> 24 & 0xFF) &<< 8 | r &>> 56, UInt64(history.count & 3))
      add(r & 0xFF_FF00_FF00)
      add(r & 0xFFFF_0000_0000)
      add(zeros & 0xFF, c1)
      add(ranges & 0xFF_FFFF)
      add(format & 0xFFFF_FFFF, c1)
      add(r & 0xFFFF, UInt64(history.count & 3))
      add(UInt64(expected), r & 0xFFFF)
      add(UInt64(expected) &<< 8 | UInt64(followers2[Int(r & 0xFFFF)] & 0xFF), c1)
      add(col, above)
    }
    assert(Int(n) == type.contextCount, "a context more or less than there is memory for")
  }
}
