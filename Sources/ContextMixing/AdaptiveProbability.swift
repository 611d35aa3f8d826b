// SPDX-License-Identifier: Apache-2.0

import Platform

/// How a table of probabilities adapts: fast while a context is new, slowly once it is known.
///
/// An entry holds the probability of a one in its upper 22 bits and in its lower 10 bits the number
/// of times it was updated, up to a limit; it moves by 1 / (n + 1.5) of its error.
struct AdaptiveProbability {
  /// Per number of updates the part of the error, in units of 2⁻¹⁵.
  private let rates: UnsafeMutablePointer<Int32>
  /// An entry of probability 1/2 that was never updated.
  static let initial: UInt32 = 1 << 31

  init(arena: Arena) {
    rates = arena.allocate(1024, repeating: 0)
    for n in 0..<1024 { rates[n] = Int32(65_536 / (2 * n + 3)) }
  }

  /// Moves `entry` towards `bit`: the definition that the kernels follow.
  @inline(__always)
  func update(_ entry: UnsafeMutablePointer<UInt32>, bit: Int, limit: UInt32) {
    let count = entry.pointee & 1023
    let p = Int(entry.pointee &>> 10)
    let error = (bit == 0 ? 0 : 1 &<< 22 &- 1) &- p
    let change = ((error &>> 7) &* Int(rates[Int(count)])) &>> 8
    entry.pointee =
      UInt32(truncatingIfNeeded: p &+ change) &<< 10 | (count < limit ? count &+ 1 : limit)
  }
}
