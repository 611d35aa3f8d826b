// SPDX-License-Identifier: Apache-2.0

import Platform

/// The logistic function and its inverse in fixed point.
///
/// The logistic domain ("stretch") has 12 fractional bits: 4096 is a probability of e / (1 + e).
/// Probabilities have 32 fractional bits where they are made, 16 or 12 where they are compared.
struct Logistic {
  /// One in the logistic domain.
  static let one = 4096
  /// The largest absolute value of an input of a mixer: just under 8, to fit in 16 bits.
  static let inputLimit = 32_752
  /// Half the width of the domain of ``squash(_:)``, 12 in the logistic domain.
  static let domainLimit = 12 * one

  /// The probability, in units of 2⁻³², at every 16th point of the logistic domain.
  private let squashTable: UnsafeMutablePointer<UInt32>
  /// The probability, in units of 2⁻¹⁶, at every 64th point of the domain of a mixer's output: small,
  /// so that it stays in the cache.
  let coarseTable: UnsafeMutablePointer<UInt16>
  /// The logistic value, as an input of a mixer, of each 12-bit probability.
  let stretchTable: UnsafeMutablePointer<Int16>

  init(arena: Arena) {
    let steps = Logistic.domainLimit / 16
    squashTable = arena.allocate(2 * steps + 1, repeating: 1 << 31)
    // e^(-k/256) in units of 2⁻⁶⁴, by repeated multiplication.
    var power = UInt64.max
    let ratio: UInt64 = 18_374_827_034_086_858_296
    for k in 1...steps {
      power = power.multipliedFullWidth(by: ratio).high
      // 1 / (1 + e) for the odds e < 1, in units of 2⁻³².
      let odds = power >> 32
      let probability = ((1 << 63) / ((1 << 32) + odds)) << 1
      squashTable[steps + k] = UInt32(min(probability, UInt64(UInt32.max)))
      squashTable[steps - k] = UInt32((1 << 32) - probability)
    }
    coarseTable = arena.allocate(1024, repeating: 0)
    for i in 0..<1024 {
      coarseTable[i] = UInt16(squashTable[steps + (i - 512) * 4 + 2] >> 16)
    }
    stretchTable = arena.allocate(4096, repeating: 0)
    var x = -Logistic.inputLimit
    for p in 0..<4096 {
      let probability = UInt32(p << 20 | 1 << 19)
      while x < Logistic.inputLimit && squash(x) < probability { x += 16 }
      stretchTable[p] = Int16(min(x, Logistic.inputLimit))
    }
    stretchTable[2048] = 0
  }

  /// The probability, in units of 2⁻³², at `x` in the logistic domain; beyond the domain's limits
  /// that of the limit.
  @inline(__always)
  func squash(_ x: Int) -> UInt32 {
    let clipped = max(-Logistic.domainLimit, min(Logistic.domainLimit, x))
    return squashTable[(clipped &+ Logistic.domainLimit) &>> 4]
  }

  /// The logistic value of a probability in units of 2⁻³².
  @inline(__always)
  func stretch(_ probability: UInt32) -> Int {
    Int(stretchTable[Int(probability &>> 20)])
  }
}
