// SPDX-License-Identifier: Apache-2.0

import Content
import Platform

/// What is known of one part of the content that is predicted beside others; all tables are shared.
package struct Lane {
  package var variables: ContextVariables
  /// The match of the longest bytes, and of fewer.
  package var longMatch: MatchFinder
  package var shortMatch: MatchFinder
  /// The contexts' hashes for the next byte.
  package var hashes: UnsafeMutablePointer<UInt64>
  /// The contexts that are switched off: see ``ContextAblation``.
  private var switchedOff: UnsafeBufferPointer<Int>
  /// The contexts of a trained model's table.
  private var ngrams = NgramHasher()
  /// The hash of the last 21 bytes: older ones have been shifted out.
  private var longHash: UInt64 = 0

  init(
    variables: ContextVariables, tableSize: Int, hashes: UnsafeMutablePointer<UInt64>, arena: Arena
  ) {
    switchedOff = Self.switchedOff(variables.type, arena)
    self.variables = variables
    longMatch = MatchFinder(minimumLength: 20, tableSize: tableSize, arena: arena)
    shortMatch = MatchFinder(minimumLength: 5, tableSize: tableSize, arena: arena)
    self.hashes = hashes
    fillHashes()
  }

  private static func switchedOff(_ type: ContentType, _ arena: Arena) -> UnsafeBufferPointer<Int> {
    let numbers = ContextAblation.numbers(type)
    guard !numbers.isEmpty else { return UnsafeBufferPointer(start: nil, count: 0) }
    let copy = arena.allocate(numbers.count, repeating: 0)
    copy.update(from: numbers, count: numbers.count)
    return UnsafeBufferPointer(start: copy, count: numbers.count)
  }

  /// Begins a part of the content.
  mutating func beginPart(_ description: ContentDescription, arena: Arena) {
    if variables.type != description.type {
      switchedOff = Self.switchedOff(description.type, arena)
    }
    variables.beginPart(description)
    fillHashes()
  }

  /// Goes on at another position, as at a start.
  mutating func restart(at position: Int) {
    variables.restart(at: position)
    longMatch.abandon()
    shortMatch.abandon()
    longHash = 0
    ngrams = NgramHasher()
    fillHashes()
  }

  /// Takes in the next byte.
  mutating func append(_ byte: UInt8) {
    let (long, short) = matchHashes(highNibble: byte &>> 4)
    variables.append(byte)
    ngrams.append(byte)
    // The multiplier is a multiple of 8.
    longHash = longHash &* 0x2F0B_4C48 &+ UInt64(byte) &+ 1
    longMatch.append(variables.history, hash: long)
    shortMatch.append(variables.history, hash: short)
    fillHashes()
  }

  /// Where the matches after the next byte will be looked up, of which the high nibble is known: for
  /// whoever can ask the memory for them.
  @inline(__always)
  package func matchLines(highNibble: UInt8) -> (long: UnsafeRawPointer, short: UnsafeRawPointer) {
    let (long, short) = matchHashes(highNibble: highNibble)
    return (UnsafeRawPointer(longMatch.line(long)), UnsafeRawPointer(shortMatch.line(short)))
  }

  /// Hashes of the last 20 and 4 bytes and the high nibble of the next one.
  @inline(__always)
  private func matchHashes(highNibble: UInt8) -> (long: UInt64, short: UInt64) {
    let long = longHash &* 0x2F0B_4C48 &+ UInt64(highNibble) &+ 1
    let short = (variables.recent &<< 4 | UInt64(highNibble)) &<< 28
    return (long &* 0x9E37_79B9_7F4A_7C15, short &* 0x9E37_79B9_7F4A_7C15)
  }

  /// Writes the hashes of the last n-grams.
  func fillNgramHashes(_ hashes: UnsafeMutableBufferPointer<UInt64>) { ngrams.fill(hashes) }

  func fillHashes() {
    let match = longMatch.length > 0 ? longMatch : shortMatch
    variables.fill(hashes, expected: match.expected, expectedLength: min(match.lengthClass, 15))
    for number in switchedOff { hashes[number] = contextHash(UInt64(number), 0, 0) }
  }
}
