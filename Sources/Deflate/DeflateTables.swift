// SPDX-License-Identifier: Apache-2.0

/// The fixed numbers of RFC 1951, section 3.2.5 and 3.2.7.
enum Deflate {
  /// The longest match.
  static let longestMatch = 258
  /// The shortest match.
  static let shortestMatch = 3
  /// The farthest distance.
  static let farthest = 32768
  /// The number of literals, the end of a block and lengths that a code may have.
  static let literalSymbols = 286
  /// The number of distance symbols.
  static let distanceSymbols = 30
  /// The end of a block.
  static let endOfBlock = 256

  static let lengthBase: [UInt16] = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
    163, 195, 227, 258,
  ]
  static let lengthExtra: [UInt8] = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
  ]
  static let distanceBase: [UInt16] = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537,
    2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
  ]
  static let distanceExtra: [UInt8] = [
    0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13,
    13,
  ]
  /// The order in which the lengths of the code-length code are written.
  static let codeLengthOrder: [Int] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
  ]

  /// The number of the symbol, from 0, of a length from 3 to 258; 258 is 28, the regular way.
  static let lengthSymbol: [UInt8] = {
    var table = [UInt8](repeating: 0, count: longestMatch + 1)
    for symbol in 0..<29 {
      let base = Int(lengthBase[symbol])
      for length in base..<min(base + 1 << lengthExtra[symbol], longestMatch + 1) {
        table[length] = UInt8(symbol)
      }
    }
    return table
  }()

  /// The symbol of a distance from 1 to 32768.
  @inline(__always)
  static func distanceSymbol(_ distance: Int) -> Int {
    let value = distance &- 1
    if value < 4 { return value }
    let log = Int.bitWidth &- 1 &- value.leadingZeroBitCount
    return 2 &* log &+ ((value &>> (log &- 1)) & 1)
  }

  /// The code lengths of a fixed block: of 288 literals and lengths, then of 32 distances.
  static let fixedLengths: [UInt8] = {
    var lengths = [UInt8](repeating: 8, count: 288 + 32)
    for symbol in 144..<256 { lengths[symbol] = 9 }
    for symbol in 256..<280 { lengths[symbol] = 7 }
    for symbol in 288..<320 { lengths[symbol] = 5 }
    return lengths
  }()
}

/// A literal or a match, in 32 bits.
///
/// A literal is 0: the content says which. A match has its distance, 1 to 32768, in bits 0 to 15, and
/// its length, 3 to 258, in bits 16 to 24. Bit 31 marks a length of 258 that is written as 227 + 31.
struct Token: Equatable {
  var bits: UInt32

  static let literal = Token(bits: 0)

  init(bits: UInt32) { self.bits = bits }

  @inline(__always)
  init(length: Int, distance: Int) {
    bits = UInt32(truncatingIfNeeded: length << 16 | distance)
  }

  @inline(__always) var isLiteral: Bool { bits == 0 }
  @inline(__always) var distance: Int { Int(bits & 0xFFFF) }
  /// The length of a match; 0 of a literal.
  @inline(__always) var length: Int { Int(bits >> 16 & 0x1FF) }
  /// The number of content bytes.
  @inline(__always) var span: Int { bits == 0 ? 1 : length }
  @inline(__always) var isIrregular: Bool { bits >> 31 != 0 }
  @inline(__always) var regular: Token { Token(bits: bits & 0x7FFF_FFFF) }
  static let irregularMark: UInt32 = 1 << 31
}
