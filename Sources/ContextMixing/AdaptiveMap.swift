// SPDX-License-Identifier: Apache-2.0

import CMixing
import Platform

/// An adaptive probability map (secondary symbol estimation): corrects a probability in a context.
///
/// Each context has 33 probabilities, at equal steps of the logistic domain from -8 to 8; the
/// result is interpolated between the two nearest, and those two move towards the bit (Mahoney,
/// "Adaptive weighing of context models", 2005, section 3.3).
struct AdaptiveMap {
  let entries: UnsafeMutablePointer<UInt32>
  private let contextMask: Int
  private var index = 0
  private var weight = 0

  /// Makes a map of `contextCount` contexts, a power of two.
  init(contextCount: Int, logistic: Logistic, arena: Arena) {
    contextMask = contextCount - 1
    entries = arena.allocate(contextCount * 33, repeating: 0)
    for i in 0..<contextCount * 33 {
      entries[i] = logistic.squash((i % 33 - 16) * 2048)
    }
  }

  /// Number of entries.
  var entryCount: Int { (contextMask + 1) * 33 }

  /// Asks the memory for the entries of `context`.
  @inline(__always)
  func prefetch(_ context: Int) {
    let row = entries + (context & contextMask) &* 33
    cmixing_prefetch(row + 4)
    cmixing_prefetch(row + 16)
    cmixing_prefetch(row + 28)
  }

  /// The corrected probability, in units of 2⁻³², where the prediction is `stretched`.
  @inline(__always)
  mutating func refine(_ stretched: Int, context: Int) -> UInt32 {
    let position = max(0, min(65_535, stretched &+ 32_768))
    weight = position & 2047
    index = (context & contextMask) &* 33 &+ position &>> 11
    let low = UInt64(entries[index])
    let high = UInt64(entries[index + 1])
    return UInt32(
      truncatingIfNeeded: (low &* UInt64(2048 &- weight) &+ high &* UInt64(weight)) &>> 11)
  }

  /// Moves the entries that the last result came from towards `bit`, by 2^-`rate` of their error.
  @inline(__always)
  mutating func update(bit: Int, rate: Int) {
    let target = bit &* 0xFFFF_FFFF
    // The nearer entry moves at the whole rate, the other at half of it.
    let near = weight &>> 10
    let a = entries + index
    let nearer = Int(a[near])
    let farther = Int(a[1 - near])
    a[near] = UInt32(truncatingIfNeeded: nearer &+ (target &- nearer) &>> rate)
    a[1 - near] = UInt32(truncatingIfNeeded: farther &+ (target &- farther) &>> (rate &+ 1))
  }
}
