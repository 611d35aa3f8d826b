// SPDX-License-Identifier: Apache-2.0

import Content
import Platform

/// What is kept of the bytes so far, from which contexts are made: docs/NUMERICS.md, section 4, "Variables".
///
/// Tables are shared by all copies.
package struct ContextVariables {
  package private(set) var type: ContentType
  package private(set) var recordLength: Int
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
  private var words = WordHashes()
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
  /// The bytes that followed the last occurrences of each pair two bytes later.
  private let followers3: UnsafeMutablePointer<UInt16>
  /// Fields of 16 bits: big-endian after a tag, the same behind another field, and little-endian.
  private let progressions: (NumericProgression, NumericProgression, NumericProgression)
  private var branchTargets: BranchTargets
  /// What the rich set's contexts are made of; nothing where no expert uses them.
  private var fields = FieldVariables()
  private let isRich: Bool

  init(configuration: ContextConfiguration, historyCapacity: Int, arena: Arena) {
    history = ByteBuffer(capacity: historyCapacity, arena: arena)
    type = configuration.type
    recordLength = configuration.recordLength
    followers1 = arena.allocate(256, repeating: 0)
    followers2 = arena.allocate(1 &<< 16, repeating: 0)
    isRich = configuration.expertSet == .rich
    followers3 = arena.allocate(isRich ? 1 &<< 16 : 1, repeating: 0)
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
    words = WordHashes()
    number = 0
    (lineStart, previousLineStart, lastZero) = (position, position, position)
    firstOfLine = 0
    nesting = 0
    fields = FieldVariables()
    branchTargets.restart()
  }

  /// Begins a part of the content; variables that the types before did not use stay as they were.
  mutating func beginPart(_ description: ContentDescription) {
    type = description.type
    recordLength = description.recordLength
    recordColumn = 0
  }

  /// Takes in the next byte.
  @inline(__always)
  mutating func append(_ byte: UInt8) {
    if byte == 0 { lastZero = history.count }
    if isRich { appendToFields(byte) }
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
    if words.append(byte) {
      number = 0
    } else if byte &- 48 < 10 {
      number = (number &+ UInt64(byte)) &* 0x9E37_79B9_7F4A_7C15
    } else {
      number = 0
    }
    if byte == 10 {
      previousLineStart = lineStart
      lineStart = history.count
      firstOfLine = 0
    } else if history.count &- lineStart <= 1 {
      firstOfLine = UInt64(byte)
    }
    if type == .text {
      letters = letters &<< 2 | CharacterClasses.letterKind(of: byte)
    } else {
      zeros = zeros &<< 1 | (byte == 0 ? 1 : 0)
      ranges = ranges &<< 4 | CharacterClasses.range(of: byte)
    }
    let character = CharacterClasses.character(byte)
    // Runs of letters, or of digits, count once.
    if character != format & 15 || character > 3 { format = format &<< 4 | character }
  }

  /// Takes the next byte into the variables of the rich set, before all others take it in.
  @inline(__always)
  private mutating func appendToFields(_ byte: UInt8) {
    let third = Int(recent &>> 16 & 0xFFFF)
    followers3[third] = followers3[third] &<< 8 | UInt16(byte)
    fields.append(byte, above: UInt8(truncatingIfNeeded: aboveText), recent: recent, format: format)
  }

  /// The byte above in the last line.
  @inline(__always)
  package var aboveText: Int {
    let column = history.count &- lineStart
    let position = previousLineStart &+ column
    return position < lineStart && history.holds(position) ? Int(history[position]) : 0
  }
  /// The classes of the last two bytes: for text the last character's, and how far its run has come.
  package var rangePair: Int {
    type == .text ? Int(fields.runLength) &<< 4 | Int(format & 15) : Int(ranges & 0xFF)
  }
  /// The column in the line.
  package var column: Int { min(history.count &- lineStart, 255) }

  /// The variables as numbers, where a match expects `expected` and its length has the class
  /// `expectedLength`.
  ///
  /// Those that a content type's contexts do not use cost nothing: they are not computed.
  @inline(__always)
  private func inputs(expected: Int, expectedLength: Int) -> ContextInputs<UInt64> {
    let c1 = recent & 0xFF
    return ContextInputs(
      recent: recent, c1: c1, expected: UInt64(expected), expectedLength: UInt64(expectedLength),
      word: words.current, word1: words.previous, word2: words.secondPrevious, number: number,
      format: format, letters: letters, ranges: ranges, zeros: zeros, firstOfLine: firstOfLine,
      column: UInt64(column), aboveText: UInt64(aboveText), nesting: nesting,
      followers1: UInt64(followers1[Int(c1)]), followers2: UInt64(followers2[Int(recent & 0xFFFF)]),
      recordColumn: UInt64(recordColumn), above: UInt64(history.back(recordLength)),
      above2: UInt64(history.back(recordLength &* 2)),
      aboveLeft: UInt64(history.back(recordLength &+ 1)), branch: branchTargets.expected,
      progression0: progressions.0.expected(recent), progression1: progressions.1.expected(recent),
      progression2: progressions.2.expected(recent),
      sinceZero: UInt64(history.count &- lastZero), phase: UInt64(history.count & 3),
      runLength: fields.runLength, fieldName: fields.name, line: fields.line,
      firstWord: fields.firstWord, alphanumerics: fields.alphanumerics,
      numberShapes: fields.numberShapes, agreesAbove: fields.agreesAbove,
      agreements: fields.agreements,
      followers3: isRich ? UInt64(followers3[Int(recent &>> 16 & 0xFFFF)]) : 0,
      aboveRight: recordLength > 1 ? UInt64(history.back(recordLength &- 1)) : 0)
  }

  /// Writes the hashes of all contexts of the content type to `hashes`.
  @inline(__always)
  func fill(_ hashes: UnsafeMutablePointer<UInt64>, expected: Int, expectedLength: Int) {
    var writer = HashWriter(hashes: hashes)
    let inputs = inputs(expected: expected, expectedLength: expectedLength)
    // Each with constants, so that what is not declared costs nothing.
    switch (type == .text, isRich) {
    case (true, false): inputs.declare(.text, .standard, to: &writer)
    case (true, true): inputs.declare(.text, .rich, to: &writer)
    case (false, false): inputs.declare(.binary, .standard, to: &writer)
    case (false, true): inputs.declare(.binary, .rich, to: &writer)
    }
    assert(Int(writer.number) <= type.contextCount, "a context more than there is memory for")
  }

  private struct HashWriter: ContextVisitor {
    let hashes: UnsafeMutablePointer<UInt64>
    var number: UInt64 = 0

    @inline(__always)
    mutating func add(
      _ name: StaticString, _ a: UInt64, _ b: UInt64, _ roles: @autoclosure () -> ContextRoles
    ) {
      hashes[Int(number)] = contextHash(number, a, b)
      number &+= 1
    }
  }
}
