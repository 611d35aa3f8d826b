// SPDX-License-Identifier: Apache-2.0

import Contexts
import Platform

/// Predicts the bits of the byte that a match expects, while they agree.
struct MatchModel {
  /// The expected byte behind a leading one, 0 without a match.
  private(set) var expected = 0
  /// Whether the bits so far agree with it.
  private(set) var isActive = false
  /// The class of the match's length; 0 if it is not active.
  private(set) var lengthClass = 0
  /// Per length class and predicted bit the probability of a one.
  let entries: UnsafeMutablePointer<UInt32>
  static let entryCount = 128
  /// The entry of the last prediction, or -1.
  private var index = -1

  init(arena: Arena) {
    entries = arena.allocate(Self.entryCount, repeating: AdaptiveProbability.initial)
    for bucket in 0..<64 {
      let p = UInt32(1 &<< 22) / UInt32(bucket + 4)
      entries[bucket * 2] = p &<< 10
      entries[bucket * 2 + 1] = ((1 &<< 22) - p) &<< 10
    }
  }

  /// Takes over what a finder expects of the next byte.
  @inline(__always)
  mutating func startByte(_ finder: MatchFinder) {
    expected = finder.expected
    lengthClass = finder.lengthClass
    isActive = lengthClass > 0
  }

  /// The number of inputs that ``predict(_:_:logistic:)`` writes.
  static let inputCount = 2

  /// Writes the inputs of a mixer for the next bit of a byte.
  @inline(__always)
  mutating func predict(
    _ inputs: UnsafeMutablePointer<Int16>, _ partial: PartialByte, logistic: Logistic
  ) {
    if isActive && expected &>> (8 &- partial.count) != partial.node {
      isActive = false
      lengthClass = 0
    }
    guard isActive else {
      index = -1
      inputs[0] = 0
      inputs[1] = 0
      return
    }
    index = lengthClass &* 2 &+ (expected &>> (7 &- partial.count) & 1)
    let p = entries[index]
    inputs[0] = logistic.stretchTable[Int(p &>> 20)]
    inputs[1] = Int16(truncatingIfNeeded: (Int(p &>> 20) &- 2048) &* 8)
  }

  @inline(__always)
  mutating func update(bit: Int, adaptive: AdaptiveProbability) {
    if index >= 0 { adaptive.update(entries + index, bit: bit, limit: 1023) }
  }
}
