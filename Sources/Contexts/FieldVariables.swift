// SPDX-License-Identifier: Apache-2.0

/// Where in a line, a field or a number the content is: what structured text, logs and tables repeat.
struct FieldVariables {
  /// How many bytes before the last one are of its class, up to 15.
  private(set) var runLength: UInt64 = 0
  /// The hash of the word before the last `:`, `=` or `>` of the line.
  private(set) var name: UInt64 = 0
  /// Hashes of the line so far, and of its first word.
  private(set) var line: UInt64 = 0
  private(set) var firstWord: UInt64 = 0
  /// The last 8 letters and digits, the most recent one lowest.
  private(set) var alphanumerics: UInt64 = 0
  /// The first digits and the lengths of the last 8 numbers, the most recent one lowest.
  private(set) var numberShapes: UInt64 = 0
  /// Which of the last 3 bytes were those above them, and which of the last 8 those 4 bytes before.
  private(set) var agreesAbove: UInt64 = 0
  private(set) var agreements: UInt64 = 0
  private var isFirstWord = true
  /// The first digit and the length of the number that is being written, 0 outside of one.
  private var digits: UInt64 = 0
  /// The hash of the last letters and digits.
  private var lastWord: UInt64 = 0

  private static let multiplier: UInt64 = 0x2F0B_4C47_9E37_79B9

  /// Takes in the next byte, where `above` is the byte above it; `recent` and `format` do not have it yet.
  @inline(__always)
  mutating func append(_ byte: UInt8, above: UInt8, recent: UInt64, format: UInt64) {
    agreesAbove = (agreesAbove &<< 1 | (above == byte ? 1 : 0)) & 7
    agreements = (agreements &<< 1 | (UInt64(byte) == recent &>> 24 & 0xFF ? 1 : 0)) & 0xFF
    let character = CharacterClasses.character(byte)
    runLength = character == format & 15 ? min(runLength &+ 1, 15) : 0
    let isDigit = byte &- 48 < 10
    let isAlphanumeric = isDigit || (byte | 32) &- 97 < 26 || byte >= 128
    if isDigit {
      digits = digits == 0 ? UInt64(byte & 15) &<< 4 | 1 : digits & 0xF0 | min(digits & 15 &+ 1, 15)
    } else if digits != 0 {
      numberShapes = numberShapes &<< 8 | digits
      digits = 0
    }
    if byte == 10 {
      (line, firstWord, isFirstWord, name) = (0, 0, true, 0)
    } else {
      line = (line &+ UInt64(byte) &+ 1) &* 0x9E37_79B9_7F4A_7C15
      if !isAlphanumeric {
        if firstWord != 0 { isFirstWord = false }
      } else if isFirstWord {
        firstWord = (firstWord &+ UInt64(byte)) &* Self.multiplier
      }
      if byte == 58 || byte == 61 || byte == 62 { name = lastWord }
    }
    if isAlphanumeric {
      alphanumerics = alphanumerics &<< 8 | UInt64(byte)
      lastWord = ((format & 15 > 3 ? 0 : lastWord) &+ UInt64(byte)) &* Self.multiplier
    }
  }
}
