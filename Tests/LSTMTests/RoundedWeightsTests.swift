// SPDX-License-Identifier: Apache-2.0

import Platform
import Testing

@testable import LSTM

@Suite struct RoundedWeightsTests {
  @Test func roundingErrorsAreSmallAndHappenOnce() {
    var generator = RandomGenerator(seed: 1)
    for count in [0, 1, 63, 64, 65, 1000] {
      let weights = (0..<count).map { index in
        generator.uniform(bound: index % 200 < 64 ? 3 : 0.01)
      }
      let rounded = RoundedWeights(weights)
      #expect(rounded.count == count && rounded.scales.count == (count + 63) / 64)
      let expected = rounded.referenceValues
      for index in 0..<count {
        let block = weights[index / 64 * 64..<min(index / 64 * 64 + 64, count)]
        let greatest = block.map(\.magnitude).max() ?? 0
        #expect((rounded[index] - weights[index]).magnitude <= greatest / 220)
        #expect(rounded[index] == expected[index])
      }
      let again = RoundedWeights((0..<count).map { rounded[$0] })
      #expect(Array(again.values.values) == Array(rounded.values.values))
      #expect(Array(again.scales.values) == Array(rounded.scales.values))
    }
  }

  @Test func extremes() {
    let zeros = RoundedWeights([0, -0.0, 1e-30])
    #expect((0..<3).allSatisfy { zeros[$0] == 0 })
    let others = RoundedWeights([.nan, .infinity, -.infinity, .greatestFiniteMagnitude])
    #expect((0..<4).allSatisfy { others[$0].isFinite })
  }

  @Test func partsThatDoNotFit() {
    #expect(throws: ConfigurationError.self) {
      try RoundedWeights(values: ConstantBuffer([1, 2]), scales: ConstantBuffer([]))
    }
  }
}
