// SPDX-License-Identifier: Apache-2.0

import ArithmeticCoder

/// The probability of a decision, learned from its past: in units of 2⁻²² in bits 10 to 31, and how
/// often it was learned from in bits 0 to 9.
///
/// The step is 1 / (times + 1.5), so that the first decisions count most; it stays at that of 255.
package struct AdaptiveBit {
  private var state: UInt32

  /// One half, learned from nothing.
  package static let even = AdaptiveBit(sixteenths: 8, confidence: 0)

  /// A probability of `sixteenths` / 16, 1 to 15, as if learned from `confidence` decisions.
  package init(sixteenths: UInt32, confidence: UInt32) {
    state = sixteenths << 28 | confidence
  }

  /// The probability that the decision is true, in units of 2⁻³².
  @inline(__always) package var probability: UInt32 { max(state & 0xFFFF_FC00, 1 << 14) }

  @inline(__always)
  package mutating func learn(_ bit: Bool) {
    let count = state & 1023
    let value = Int32(truncatingIfNeeded: state >> 10)
    let target: Int32 = bit ? 1 << 22 - 1 : 0
    let step = (target &- value) &* 2 / Int32(truncatingIfNeeded: 2 &* count &+ 3)
    state =
      UInt32(truncatingIfNeeded: value &+ step) << 10 | (count < 255 ? count &+ 1 : count)
  }
}

/// An array of adaptive decisions at a fixed place.
package final class AdaptiveBits {
  let bits: UnsafeMutablePointer<AdaptiveBit>
  let count: Int

  package init(_ count: Int, _ initial: AdaptiveBit = .even) {
    self.count = count
    bits = .allocate(capacity: count)
    bits.initialize(repeating: initial, count: count)
  }

  deinit { bits.deallocate() }

  /// The decisions from `index` on; the index of each decision used must be below `count`.
  @inline(__always)
  package subscript(_ index: Int) -> UnsafeMutablePointer<AdaptiveBit> {
    assert(index >= 0 && index < count)
    return bits + index
  }
}

/// One side of a code of decisions.
///
/// An encoder takes values and returns them; a decoder ignores the values that it is given and returns those that were encoded. So one text defines both.
package protocol DecisionCoder {
  /// Whether values come from the code.
  static var decodes: Bool { get }

  mutating func code(
    _ bit: Bool, _ model: UnsafeMutablePointer<AdaptiveBit>
  ) throws(DeflateError) -> Bool

  /// Codes the lowest `count` bits of `value`, all with probability one half.
  mutating func codeRaw(_ value: Int, _ count: Int) throws(DeflateError) -> Int
}

extension DecisionCoder {
  /// Codes a value of `width` bits, the highest first, with 2^`width` decisions from `model` on.
  @inline(__always)
  package mutating func codeTree(
    _ value: Int, width: Int, _ model: UnsafeMutablePointer<AdaptiveBit>
  ) throws(DeflateError) -> Int {
    var node = 1
    for shift in stride(from: width - 1, through: 0, by: -1) {
      let bit = try code(value >> shift & 1 != 0, model + node)
      node = node << 1 | (bit ? 1 : 0)
    }
    return node - 1 << width
  }

  /// Codes a number from 0 to 2³¹ - 2 (exponential Golomb) with 64 decisions from `model` on: the
  /// length of the number plus one in unary, then its bits, of which the first is modelled.
  @inline(__always)
  package mutating func codeNumber(
    _ value: Int, _ model: UnsafeMutablePointer<AdaptiveBit>
  ) throws(DeflateError) -> Int {
    let wanted = Int.bitWidth - 1 - (value &+ 1).leadingZeroBitCount
    var log = 0
    while log < 31, try code(log < wanted, model + log) { log += 1 }
    if log == 31 { throw .damaged }
    if log == 0 { return 0 }
    let first = try code((value &+ 1) >> (log - 1) & 1 != 0, model + 32 + log)
    let rest = try codeRaw((value &+ 1) & (1 << (log - 1) - 1), log - 1)
    return (2 | (first ? 1 : 0)) << (log - 1) + rest - 1
  }
}

/// Writes decisions.
package struct DecisionEncoder: DecisionCoder {
  package static var decodes: Bool { false }
  package var encoder = BinaryEncoder()

  package init() {}

  @inline(__always)
  package mutating func code(_ bit: Bool, _ model: UnsafeMutablePointer<AdaptiveBit>) -> Bool {
    encoder.encode(bit, probability: model.pointee.probability)
    model.pointee.learn(bit)
    return bit
  }

  package mutating func codeRaw(_ value: Int, _ count: Int) -> Int {
    for shift in stride(from: count - 1, through: 0, by: -1) {
      encoder.encode(value >> shift & 1 != 0, probability: 1 << 31)
    }
    return value
  }
}

/// Reads decisions.
package struct DecisionDecoder: DecisionCoder {
  package static var decodes: Bool { true }
  package var decoder: BinaryDecoder

  /// Reads a message.
  package init(decoder: BinaryDecoder) { self.decoder = decoder }

  @inline(__always)
  package mutating func code(
    _ bit: Bool, _ model: UnsafeMutablePointer<AdaptiveBit>
  ) throws(DeflateError) -> Bool {
    let decoded = try decode(model.pointee.probability)
    model.pointee.learn(decoded)
    return decoded
  }

  package mutating func codeRaw(_ value: Int, _ count: Int) throws(DeflateError) -> Int {
    var result = 0
    for _ in 0..<count { result = result << 1 | (try decode(1 << 31) ? 1 : 0) }
    return result
  }

  @inline(__always)
  private mutating func decode(_ probability: UInt32) throws(DeflateError) -> Bool {
    do { return try decoder.decode(probability: probability) } catch { throw .damaged }
  }
}
