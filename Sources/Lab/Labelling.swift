// SPDX-License-Identifier: Apache-2.0

/// Connectionist temporal classification (Graves and others, 2006): to learn which letters are in a
/// sequence without being told where.
package enum Labelling {
  /// The loss of `labels` and its derivatives by the scores before the softmax.
  ///
  /// At each step the network gives a probability to each letter and, as the last class, to a blank. A way
  /// through the steps spells a word when repetitions are merged and blanks dropped. The word's probability is
  /// the sum over all such ways, summed step by step from both ends, as logarithms.
  package static func loss(_ scores: [Double], classes: Int, labels: [Int]) -> (Double, [Double]) {
    let steps = scores.count / classes
    let p = probabilities(scores, classes: classes)
    // Blanks before, between and after the letters.
    let states = (0..<2 * labels.count + 1).map { $0 % 2 == 0 ? classes - 1 : labels[$0 / 2] }
    let n = states.count
    let never = -Double.infinity
    func may(_ from: Int, _ to: Int) -> Bool {
      to - from < 2 || (states[to] != classes - 1 && states[to] != states[from])
    }
    var forward = [Double](repeating: never, count: steps * n)
    var backward = forward
    for s in 0..<min(2, n) {
      forward[s] = log(p[states[s]])
      backward[(steps - 1) * n + n - 1 - s] = 0
    }
    for t in 1..<steps {
      for s in 0..<n {
        var sum = never
        for from in max(0, s - 2)...s where may(from, s) {
          sum = add(sum, forward[(t - 1) * n + from])
        }
        forward[t * n + s] = sum + log(p[t * classes + states[s]])
      }
      let b = steps - 1 - t
      for s in 0..<n {
        var sum = never
        for to in s...min(n - 1, s + 2) where may(s, to) {
          sum = add(sum, backward[(b + 1) * n + to] + log(p[(b + 1) * classes + states[to]]))
        }
        backward[b * n + s] = sum
      }
    }
    let end = (steps - 1) * n
    let total = n > 1 ? add(forward[end + n - 1], forward[end + n - 2]) : forward[end]
    var errors = p
    for t in 0..<steps {
      for s in 0..<n {
        errors[t * classes + states[s]] -= exp(forward[t * n + s] + backward[t * n + s] - total)
      }
    }
    return (-total, errors)
  }

  package static func probabilities(_ scores: [Double], classes: Int) -> [Double] {
    stride(from: 0, to: scores.count, by: classes).flatMap { softmax(scores[$0..<$0 + classes]) }
  }

  /// The word of the most probable class of each step, and the steps at which its letters appear.
  package static func read(_ scores: [Double], classes: Int) -> [(letter: Int, step: Int)] {
    var (word, last): ([(letter: Int, step: Int)], Int) = ([], classes - 1)
    for t in 0..<scores.count / classes {
      let here = scores[t * classes..<(t + 1) * classes]
      let best = (here.indices.max { here[$0] < here[$1] } ?? t * classes) - t * classes
      if best != last && best != classes - 1 { word.append((best, t)) }
      last = best
    }
    return word
  }

  /// Letters to change, insert or remove to make `a` of `b` (Levenshtein, 1965).
  package static func distance(_ a: [Int], _ b: [Int]) -> Int {
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var (corner, next) = (row[0], [i + 1])
      for (j, y) in b.enumerated() {
        next.append(min(next[j] + 1, row[j + 1] + 1, corner + (x == y ? 0 : 1)))
        corner = row[j + 1]
      }
      row = next
    }
    return row[b.count]
  }

  /// The logarithm of the sum of two numbers given by their logarithms.
  private static func add(_ a: Double, _ b: Double) -> Double {
    let (high, low) = (max(a, b), min(a, b))
    return low == -.infinity ? high : high + log1p(exp(low - high))
  }
}
