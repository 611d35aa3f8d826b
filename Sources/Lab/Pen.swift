// SPDX-License-Identifier: Apache-2.0

/// Writes words in a cursive hand: what a pen would record, made of a few letters' shapes.
package struct Pen {
  /// The letters that it can write.
  package static let letters = Array("acdelmnou")

  /// Points that a letter's stroke passes through: x and y, the line of writing at 0, a low letter's top
  /// at 1.
  ///
  /// Every letter begins and ends on the line, so that letters join.
  static let shapes: [[(Double, Double)]] = [
    [
      (0, 0), (0.9, 0.85), (0.5, 1), (0.1, 0.5), (0.45, 0), (0.85, 0.5), (0.9, 0.9), (0.9, 0.2),
      (1.2, 0),
    ],
    [(0, 0), (0.7, 0.85), (0.4, 1), (0.1, 0.5), (0.4, 0), (0.9, 0)],
    [
      (0, 0), (0.9, 0.85), (0.5, 1), (0.1, 0.5), (0.45, 0), (0.85, 0.6), (0.95, 2), (0.9, 0.2),
      (1.2, 0),
    ],
    [(0, 0), (0.5, 0.45), (0.55, 0.95), (0.3, 0.95), (0.2, 0.4), (0.45, 0), (0.9, 0)],
    [(0, 0), (0.45, 1.0), (0.55, 1.9), (0.35, 1.95), (0.25, 1), (0.3, 0.1), (0.8, 0)],
    [
      (0, 0), (0.2, 0.9), (0.3, 0.5), (0.3, 0), (0.5, 0.8), (0.7, 0.9), (0.75, 0), (0.95, 0.8),
      (1.15, 0.9), (1.2, 0.1), (1.5, 0),
    ],
    [(0, 0), (0.2, 0.9), (0.3, 0.5), (0.3, 0), (0.5, 0.8), (0.75, 0.9), (0.8, 0.1), (1.1, 0)],
    [
      (0, 0), (0.6, 0.95), (0.2, 0.8), (0.2, 0.15), (0.6, 0.05), (0.8, 0.6), (0.6, 0.95),
      (0.9, 0.7), (1.3, 0),
    ],
    [(0, 0), (0.2, 0.95), (0.2, 0.3), (0.45, 0), (0.8, 0.4), (0.85, 0.95), (0.85, 0.2), (1.15, 0)],
  ]

  /// A written word: letters by number, and the pen's place at even times.
  package struct Trace {
    package var word: [Int]
    package var points: [(x: Double, y: Double)]
    /// Movements and height: three inputs a step.
    package var inputs: [Double] {
      zip(points, points.dropFirst()).flatMap { (a, b) -> [Double] in
        [4 * (b.x - a.x), 4 * (b.y - a.y), b.y - 0.5]
      }
    }
  }

  private var random: SplitMix64

  package init(seed: UInt64) { random = SplitMix64(seed) }

  /// A word of `length` letters in a hand of its own: slant, size, width, speed and an unsteady pen.
  package mutating func write(length: Int) -> Trace {
    write((0..<length).map { _ in random.below(Pen.letters.count) })
  }

  package mutating func write(_ word: [Int]) -> Trace {
    let slant = 0.25 + 0.2 * random.normal()
    let (size, width) = (exp(0.1 * random.normal()), 0.9 * exp(0.12 * random.normal()))
    let speed = 0.24 * exp(0.12 * random.normal())
    var (knots, begin) = ([(Double, Double)](), 0.0)
    for letter in word {
      let shape = Pen.shapes[letter]
      for (i, p) in shape.enumerated() where i > 0 || knots.isEmpty {
        let jitter = (0.05 * random.normal(), 0.05 * random.normal())
        knots.append((begin + p.0 + jitter.0, p.1 + jitter.1))
      }
      begin += shape[shape.count - 1].0
    }
    // The curve through the knots, in short pieces; the pen goes along it at an uneven speed.
    let curve = Pen.spline(knots).map {
      (x: width * $0.0 * size + slant * $0.1 * size, y: $0.1 * size)
    }
    var (points, way) = ([curve[0]], 0.0)
    var pace = speed
    for i in 1..<curve.count {
      way += norm([curve[i].x - curve[i - 1].x, curve[i].y - curve[i - 1].y])
      if way >= pace {
        points.append(curve[i])
        way -= pace
        pace = speed * (1 + 0.2 * (random.uniform() - 0.5))
      }
    }
    // The pen rests a moment at the end, in which a reader may still decide.
    points += [(x: Double, y: Double)](repeating: curve[curve.count - 1], count: 6)
    return Trace(word: word, points: points)
  }

  /// Catmull and Rom's curve through `knots`, twelve points a piece.
  static func spline(_ knots: [(Double, Double)]) -> [(Double, Double)] {
    var curve: [(Double, Double)] = []
    for i in 0..<knots.count - 1 {
      let (a, b) = (knots[max(i - 1, 0)], knots[i])
      let (c, d) = (knots[i + 1], knots[min(i + 2, knots.count - 1)])
      for k in 0..<12 {
        let t = Double(k) / 12
        func blend(_ a: Double, _ b: Double, _ c: Double, _ d: Double) -> Double {
          let (second, third) = (2 * a - 5 * b + 4 * c - d, 3 * b - a - 3 * c + d)
          return b + 0.5 * t * (c - a + t * (second + t * third))
        }
        curve.append((blend(a.0, b.0, c.0, d.0), blend(a.1, b.1, c.1, d.1)))
      }
    }
    return curve + [knots[knots.count - 1]]
  }
}
