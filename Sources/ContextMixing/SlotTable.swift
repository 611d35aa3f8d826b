import CMixing
import Contexts

/// A hash table of bit histories in buckets, each for the four bits of a nibble in one context.
///
/// A line of 64 bytes, a cache line, holds three buckets: bytes 0 to 5 are their 16-bit check
/// values, bytes 12 to 59 three times 16 bit histories, of which number 0 is free. The history of
/// node `n` of a nibble has that number: 1 before the first bit, then the bits seen behind a
/// leading 1.
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

  /// Asks the memory for the line of `hash`.
  @inline(__always)
  func prefetch(_ hash: UInt64) {
    cmixing_prefetch(lines + Int(truncatingIfNeeded: (hash &>> 16) & lineMask) &* 64)
  }

  /// The bucket of `hash`; a new one, in the place of the one that has seen least, if there is none.
  @inline(__always)
  func bucket(_ hash: UInt64) -> UnsafeMutablePointer<UInt8> {
    let line = lines + Int(truncatingIfNeeded: (hash &>> 16) & lineMask) &* 64
    let raw = UnsafeMutableRawPointer(line).assumingMemoryBound(to: UInt16.self)
    let check = UInt16(truncatingIfNeeded: hash)
    if raw[0] == check { return entry(line, 0) }
    if raw[1] == check { return entry(line, 1) }
    if raw[2] == check { return entry(line, 2) }
    let first = priorities[Int(line[13])]
    let second = priorities[Int(line[29])]
    let third = priorities[Int(line[45])]
    var victim = second < first ? 1 : 0
    if third < min(first, second) { victim = 2 }
    raw[victim] = check
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
