// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Lab

@Suite struct HandwritingTests {
  @Test func theLossIsThatOfAllWays() {
    // Two steps, letters a and b, blank: the ways that spell "a" are aa, a-, -a.
    let scores = [0.3, -0.2, 0.5, 1.0, 0.1, -0.4]
    let p = Labelling.probabilities(scores, classes: 3)
    let sum = p[0] * p[3] + p[0] * p[5] + p[2] * p[3]
    #expect(abs(Labelling.loss(scores, classes: 3, labels: [0]).0 + log(sum)) < 1e-12)
  }

  @Test(arguments: [[0, 1], [1, 1], [2], []]) func theLossesDerivativesAreItsSlopes(labels: [Int]) {
    var random = SplitMix64(5)
    let scores = (0..<5 * 4).map { _ in random.normal() }
    let errors = Labelling.loss(scores, classes: 4, labels: labels).1
    for i in scores.indices {
      var (up, down) = (scores, scores)
      up[i] += 1e-5
      down[i] -= 1e-5
      let slope = Labelling.loss(up, classes: 4, labels: labels).0
      let other = Labelling.loss(down, classes: 4, labels: labels).0
      #expect(abs((slope - other) / 2e-5 - errors[i]) < 1e-8)
    }
  }

  @Test func readingMergesRepetitionsAndDropsBlanks() {
    let ways = [0, 0, 2, 0, 1, 1, 2]
    let scores = ways.flatMap { best in (0..<3).map { $0 == best ? 1.0 : 0 } }
    #expect(Labelling.read(scores, classes: 3).map(\.letter) == [0, 0, 1])
    #expect(Labelling.distance([0, 1, 2], [0, 2]) == 1)
    #expect(Labelling.distance([0, 1], [1, 0]) == 2)
  }

  @Test func everyHandDiffersButIsRepeatable() {
    var (a, b) = (Pen(seed: 1), Pen(seed: 1))
    let (first, second) = (a.write([0, 3]), a.write([0, 3]))
    #expect(first.inputs == b.write([0, 3]).inputs)
    #expect(first.inputs != second.inputs)
    #expect(first.points.allSatisfy { (-1...3).contains($0.y) })
  }

  @Test func readingBeginsToBeLearned() {
    func loss(words: Int) -> Double {
      let network = Handwriting.train(units: 12, words: words, lengths: 2...2)
      var pen = Pen(seed: 99)
      let losses = (0..<20).map { _ in
        let trace = pen.write(length: 2)
        let outputs = network.run(trace.inputs, steps: trace.points.count - 1).outputs
        return Labelling.loss(outputs, classes: Handwriting.classes, labels: trace.word).0 / 2
      }
      return mean(losses)
    }
    #expect(loss(words: 300) < 0.5 * loss(words: 0))
  }

  @Test(.enabled(if: ProcessInfo.processInfo.environment["LSTMZIP_LONG_TESTS"] != nil))
  func wordsAreRead() {
    let network = Handwriting.train(units: 32, words: 15_000, lengths: 3...5)
    #expect(Handwriting.errorRate(network, words: 100, lengths: 3...5) < 40)
  }
}
