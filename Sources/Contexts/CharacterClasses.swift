// SPDX-License-Identifier: Apache-2.0

/// Classes of bytes that contexts are made of.
enum CharacterClasses {
  /// 1 for vowels, 2 for other ASCII letters, 0 for a space and 3 for the rest.
  static func letterKind(of byte: UInt8) -> UInt64 {
    switch byte | 0x20 {
    case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"),
      UInt8(ascii: "u"):
      1
    case 98...122: 2
    default: byte == 32 ? 0 : 3
    }
  }

  /// Ranges of values: narrow at the ends of the bytes' range, where numbers are most often, and as wide
  /// as classes of ASCII characters between.
  static func range(of byte: UInt8) -> UInt64 {
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

  /// 1 for small letters and bytes beyond ASCII, 2 capitals, 3 digits, 4 a space, 5 a line feed, 6 other
  /// control characters, 7 and 8 punctuation.
  static func character(_ byte: UInt8) -> UInt64 {
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
}
