// SPDX-License-Identifier: Apache-2.0

import CMixing
import Platform

/// A hash table of bit histories in buckets, each for the four bits of a nibble in one context.
///
/// A line of 64 bytes, a cache line, holds three buckets: bytes 0 to 5 are their 16-bit check
/// values, bytes 12 to 59 three times 16 bit histories. The history of node `n` of a nibble has that
/// number: 1 before the first bit, then the bits seen behind a leading 1. History 0 of each bucket and
/// bytes 6, 8 and 10 of the line are those of ``RunExperts``.
struct SlotTable {
  private let lines: UnsafeMutablePointer<UInt8>
  private let lineMask: UInt64
  private let priorities: UnsafeMutablePointer<UInt8>

  /// Makes a table of `lineCount` lines, a power of two.
  init(lineCount: Int, histories: BitHistory, arena: Arena) {
    lines = arena.allocateZeros(lineCount * 64)
    lineMask = UInt64(lineCount - 1)
    priorities = histories.total
  }

  /// The line of a context's second nibble is another one of the same page of memory, and follows from
  /// three bits of the first nibble: `part` is those behind a leading 1, or 0 for the first nibble.
  @inline(__always)
  private func line(_ hash: UInt64, part: Int) -> UnsafeMutablePointer<UInt8> {
    let number = (hash &>> 16 ^ UInt64(truncatingIfNeeded: part)) & lineMask
    return lines + Int(truncatingIfNeeded: number) &* 64
  }

  /// Asks the memory for the line of a context.
  @inline(__always)
  func prefetch(_ hash: UInt64, part: Int = 0) { cmixing_prefetch(line(hash, part: part)) }

  /// The bucket of a context; a new one, in the place of the one that has seen least, if there is none.
  ///
  /// - Parameter nibble: The first nibble behind a leading 1, or 0 for the bucket of that nibble.
  @inline(__always)
  func bucket(_ hash: UInt64, nibble: Int = 0) -> UnsafeMutablePointer<UInt8> {
    let line = line(hash, part: nibble &>> 1)
    let raw = UnsafeMutableRawPointer(line).assumingMemoryBound(to: UInt16.self)
    let check = UInt16(
      truncatingIfNeeded: hash &+ UInt64(truncatingIfNeeded: nibble) &* 0x9E37_79B9)
    // Which one it is nobody can foresee: without branches.
    let differs0 = raw[0] == check ? 0 : 1
    let differs1 = raw[1] == check ? 0 : 1
    let found = differs0 &* (1 &+ differs1)
    if raw[found] == check { return entry(line, found) }
    let first = priorities[Int(line[13])]
    let second = priorities[Int(line[29])]
    let third = priorities[Int(line[45])]
    var victim = second < first ? 1 : 0
    if third < min(first, second) { victim = 2 }
    raw[victim] = check
    raw[3 + victim] = 0
    let states = UnsafeMutableRawPointer(line + 12 + 16 * victim)
    states.storeBytes(of: 0, as: UInt64.self)
    states.storeBytes(of: 0, toByteOffset: 8, as: UInt64.self)
    return entry(line, victim)
  }

  @inline(__always)
  private func entry(_ line: UnsafeMutablePointer<UInt8>, _ i: Int) -> UnsafeMutablePointer<UInt8> {
    line + 12 + 16 * i
  }
}
