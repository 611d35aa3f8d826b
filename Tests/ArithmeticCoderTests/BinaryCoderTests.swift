// SPDX-License-Identifier: Apache-2.0

import ArithmeticCoder
import Foundation
import TestSupport
import Testing

private typealias Decision = (bit: Bool, probability: UInt32)

private func encode(_ decisions: [Decision]) -> [UInt8] {
  var encoder = BinaryEncoder()
  for (bit, probability) in decisions { encoder.encode(bit, probability: probability) }
  return encoder.finish()
}

private func expectRoundTrip(_ decisions: [Decision]) throws {
  let bytes = encode(decisions)
  var decoder = BinaryDecoder(bytes)
  var wrong = 0
  for (bit, probability) in decisions where try decoder.decode(probability: probability) != bit {
    wrong += 1
  }
  #expect(wrong == 0)
  try decoder.finish()
}

/// The bits that an ideal code needs for `decisions`.
private func idealLength(_ decisions: [Decision]) -> Double {
  decisions.reduce(0) { sum, decision in
    let p = Double(decision.probability) / 4_294_967_296
    return sum - log2(decision.bit ? p : 1 - p)
  }
}

private let extremes: [UInt32] = [
  1, 2, 3, 255, 65_536, 1 << 31, .max - 65_536, .max - 2, .max - 1, .max,
]

@Suite struct BinaryCoderTests {
  @Test(arguments: [2.0, 10, 1000, 65_536])
  func overheadIsUnderTwoHundredthsOfAPercent(inverse: Double) throws {
    var random = SplitMix64(state: 1)
    let probability = UInt32(4_294_967_296 / inverse)
    let decisions = (0..<1_000_000).map { _ in
      Decision(UInt32(truncatingIfNeeded: random.next() >> 32) < probability, probability)
    }
    // A message is a whole number of bytes, and names a point, not an interval: 8 bits at most.
    let bits = Double(encode(decisions).count * 8)
    #expect(bits <= idealLength(decisions) * 1.0002 + 8)
    try expectRoundTrip(decisions)
  }

  @Test func extremeProbabilitiesRoundTrip() throws {
    var random = SplitMix64(state: 2)
    for probability in extremes {
      try expectRoundTrip((0..<3000).map { _ in (Bool.random(using: &random), probability) })
    }
    try expectRoundTrip(
      (0..<100_000).map { _ in
        (Bool.random(using: &random), extremes.randomElement(using: &random)!)
      })
  }

  @Test func carriesRunThroughLongRunsOfOnes() throws {
    // A true bit of small probability keeps `low`, a false one of great probability raises it by
    // almost the whole range: runs of 0xFF bytes build up, and are carried into now and then.
    var random = SplitMix64(state: 3)
    for seed in 0..<200 {
      random.state = UInt64(seed)
      let length = Int.random(in: 0...400, using: &random)
      try expectRoundTrip(
        (0..<length).map { _ in (Int.random(in: 0..<40, using: &random) == 0, .max) })
    }
  }

  @Test func nothingIsEncodedAsNothing() throws {
    #expect(BinaryEncoder().finish().isEmpty)
    let decoder = BinaryDecoder([])
    try decoder.finish()
  }

  @Test func readingPastTheEndIsAnError() {
    var decoder = BinaryDecoder([0x12, 0x34])
    #expect(throws: ArithmeticCoderError.pastEnd) {
      for _ in 0..<200 { _ = try decoder.decode(probability: 1 << 31) }
    }
  }

  @Test func everyOtherEndingIsRefused() throws {
    var random = SplitMix64(state: 4)
    let decisions = (0..<500).map { _ in
      Decision(Bool.random(using: &random), UInt32.random(in: 1 << 28...(.max), using: &random))
    }
    let bytes = encode(decisions)
    var accepted = 0
    func accepts(_ bytes: [UInt8]) -> Bool {
      var decoder = BinaryDecoder(bytes)
      do {
        for (bit, probability) in decisions
        where try decoder.decode(probability: probability) != bit { return false }
        try decoder.finish()
        return true
      } catch {
        return false
      }
    }
    #expect(accepts(bytes))
    for index in bytes.indices {
      for mask in 1...255 {
        var changed = bytes
        changed[index] ^= UInt8(mask)
        accepted += accepts(changed) ? 1 : 0
      }
    }
    accepted += accepts(bytes + [0]) ? 1 : 0
    accepted += accepts(bytes + [7]) ? 1 : 0
    accepted += accepts(Array(bytes.dropLast())) ? 1 : 0
    #expect(accepted == 0)
  }
}
