// SPDX-License-Identifier: Apache-2.0

import CMixing
import Platform

/// Bit histories: what an 8-bit state remembers of the bits seen in one context.
///
/// A state is a pair of counts, of zeros and ones, and the last two bits. Counts above 6 are
/// approximate and are reached by chance, so that few states hold long runs; when a bit
/// contradicts a count above 2, most of that count is forgotten, for what happened last tells more
/// than what happened often (Mahoney, "Adaptive weighing of context models", 2005, section 3.1:
/// nonstationary counters). The chance is a counter that the decoder repeats.
struct BitHistory {
  /// The states: `next[chance * 512 + state * 2 + bit]` is the state that follows; `chance` is in
  /// `0..<8`.
  let next: UnsafeMutablePointer<UInt8>
  /// The counts of zeros and ones of each state, and their sum.
  let zeros: UnsafeMutablePointer<UInt8>
  let ones: UnsafeMutablePointer<UInt8>
  /// How much a state has seen, for replacement.
  let total: UnsafeMutablePointer<UInt8>
  /// The number of states in use, at most `CMIXING_HISTORIES`.
  let count: Int

  private struct State {
    /// The levels of the counts of zeros and ones.
    var counts: (Int, Int)
    /// The last bits, the most recent one lowest, for as many as the state remembers.
    var last: Int
    /// Different for different states, below `State.keyCount`.
    var key: Int { (counts.0 * levels.count + counts.1) << 4 | last }
    static let keyCount = levels.count * levels.count << 4
  }

  /// The counts that a state can hold, and how many of 8 chances lead to the next one.
  private static let levels = [0, 1, 2, 3, 4, 5, 6, 8, 12, 20, 32, 48]
  private static let chances = [8, 8, 8, 8, 8, 8, 4, 2, 1, 1, 1, 0]
  /// What remains of each level when it is contradicted.
  private static let remains = [0, 1, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6]
  /// The highest level beside a smaller count of each level.
  private static let limits = [11, 10, 9, 8, 7, 7, 7]

  private static func successor(of state: State, bit: Int, chance: Int) -> State {
    var result = state
    var seen = bit == 0 ? state.counts.0 : state.counts.1
    var other = bit == 0 ? state.counts.1 : state.counts.0
    other = remains[other]
    if chance < chances[seen] { seen += 1 }
    // The pair is kept within the limits by lowering the larger count.
    if seen > other {
      seen = min(seen, limits[min(other, 6)])
    } else {
      other = min(other, limits[min(seen, 6)])
    }
    result.counts = bit == 0 ? (seen, other) : (other, seen)
    let total = result.counts.0 + result.counts.1
    result.last = (state.last << 1 | bit) & (total <= 5 ? 15 : total <= 8 ? 7 : 3)
    if result.counts.0 == 0 || result.counts.1 == 0 { result.last = 15 * bit }
    return result
  }

  init(arena: Arena) {
    var states = [State(counts: (0, 0), last: 0)]
    var numbers = [Int](repeating: -1, count: State.keyCount)
    numbers[states[0].key] = 0
    next = arena.allocate(8 * 512, repeating: 0)
    var index = 0
    while index < states.count {
      for bit in 0..<2 {
        for chance in 0..<8 {
          let successor = Self.successor(of: states[index], bit: bit, chance: chance)
          if numbers[successor.key] < 0 {
            numbers[successor.key] = states.count
            states.append(successor)
          }
          next[chance * 512 + index * 2 + bit] = UInt8(truncatingIfNeeded: numbers[successor.key])
        }
      }
      index += 1
    }
    precondition(states.count <= CMIXING_HISTORIES)
    count = states.count
    zeros = arena.allocate(256, repeating: 0)
    ones = arena.allocate(256, repeating: 0)
    total = arena.allocate(256, repeating: 0)
    for (i, state) in states.enumerated() {
      zeros[i] = UInt8(Self.levels[state.counts.0])
      ones[i] = UInt8(Self.levels[state.counts.1])
      total[i] = UInt8(Self.levels[state.counts.0] + Self.levels[state.counts.1])
    }
  }

  /// The entries of `contextCount` contexts: what each history says before anything is learned.
  func initialEntries(contextCount: Int, arena: Arena) -> UnsafeMutablePointer<UInt32> {
    let stride = Int(CMIXING_HISTORIES)
    let entries = arena.allocate(stride * contextCount, repeating: AdaptiveProbability.initial)
    for i in 0..<contextCount {
      for state in 1..<count {
        let ones = 8 * Int(self.ones[state])
        let zeros = 8 * Int(self.zeros[state])
        let p = (ones + 1) * 65_535 / (ones + zeros + 2)
        // As if updated 5 times.
        entries[stride * i + state] = UInt32(p) << 16 | 5
      }
    }
    return entries
  }
}
