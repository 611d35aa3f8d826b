// SPDX-License-Identifier: Apache-2.0

/// Experiment 5: exploding gradients on one unit (after Pascanu and others, 2013), and how errors of a
/// plain network and of an LSTM fade on their way back.
package enum Surface {
  static let steps = 50

  /// The error of a unit x = sigmoid(w x + b), from 0.5, that is to be 0.7 after 50 steps.
  package static func error(_ w: Double, _ b: Double) -> Double {
    var x = 0.5
    for _ in 0..<steps { x = sigmoid(w * x + b) }
    return (x - 0.7) * (x - 0.7)
  }

  /// The error's derivatives by weight and bias, carried along with the state.
  package static func gradient(_ w: Double, _ b: Double) -> (w: Double, b: Double) {
    var (x, dw, db) = (0.5, 0.0, 0.0)
    for _ in 0..<steps {
      let y = sigmoid(w * x + b)
      (dw, db) = (y * (1 - y) * (x + w * dw), y * (1 - y) * (1 + w * db))
      x = y
    }
    return (2 * (x - 0.7) * dw, 2 * (x - 0.7) * db)
  }

  /// The places that descent visits; a gradient longer than `limit` is rescaled to it.
  package static func descent(
    from start: (w: Double, b: Double), rounds: Int, rate: Double, limit: Double
  ) -> [(w: Double, b: Double)] {
    var path = [start]
    for _ in 0..<rounds {
      let (w, b) = path[path.count - 1]
      let g = gradient(w, b)
      let length = norm([g.w, g.b])
      let scale = length > limit ? limit / length : 1
      path.append((w - rate * scale * g.w, b - rate * scale * g.b))
    }
    return path
  }

  package static let start = (w: 4.6, b: -2.2)
  package static let rate = 1.0

  /// Lengths of an error at the last of `steps` steps, 0 to `steps` steps back.
  package static func fading(_ cell: Cell, steps: Int, recurrent: Double = 1) -> [Double] {
    var random = SplitMix64(2)
    var network = Network(cell, inputs: 1, units: 32, outputs: 1)
    network.start(.random, &random, inputScale: 0.3, keepBias: 5)
    for j in 0..<32 {
      for a in 0..<network.targets {
        network.parameters[network.weight(from: 1 + j, to: a)] *= recurrent
      }
    }
    let trace = network.run((0..<steps).map { _ in random.normal() }, steps: steps)
    var errors = [Double](repeating: 0, count: steps)
    errors[steps - 1] = 1
    let states = network.gradient(of: trace, outputErrors: errors).states
    let s = network.stateSize
    return (0...steps).map { norm(states[(steps - $0) * s..<(steps - $0 + 1) * s]) }
  }

  package static func report() -> Report {
    var report = Report()
    let wild = descent(from: start, rounds: 60, rate: rate, limit: .infinity)
    let tame = descent(from: start, rounds: 60, rate: rate, limit: 0.1)
    report.row("descent", "longest gradient", "last w", "last b", "last error")
    for (name, path) in [("free", wild), ("rescaled", tame)] {
      let longest = path.map { norm([gradient($0.w, $0.b).w, gradient($0.w, $0.b).b]) }.max() ?? 0
      let last = path[path.count - 1]
      report.row(
        name, fixed(longest) + "          ", fixed(last.w), fixed(last.b),
        fixed(error(last.w, last.b), 4))
    }
    report.picture("surface", 760, 420, surface(wild, tame).svg(key: (0.03, 0.02)), scale())

    var fade = Plot(
      "An error on its way back", at: (70, 40, 640, 300), x: 0...200, y: 1e-20...1e10, logY: true,
      xLabel: "steps back", yLabel: "length of the gradient")
    report.row("steps back", "1", "10", "50", "100", "200")
    let nets: [(String, Cell, Double)] = [
      ("plain, weights x 0.7", .plain, 0.7), ("plain, weights x 1", .plain, 1),
      ("plain, weights x 2", .plain, 2), ("LSTM, keep bias 5", .lstm, 0.3),
    ]
    for (k, net) in nets.enumerated() {
      let lengths = fading(net.1, steps: 200, recurrent: net.2)
      fade.line(lengths.enumerated().map { (Double($0), $1) }, Colour.all[k], net.0)
      report.row(
        net.0, scientific(lengths[1]), scientific(lengths[10]), scientific(lengths[50]),
        scientific(lengths[100]), scientific(lengths[200]))
    }
    report.picture("fading", 760, 390, fade.svg(key: (0.02, 0.5)))
    return report
  }

  private static func surface(_ wild: [(w: Double, b: Double)], _ tame: [(w: Double, b: Double)])
    -> Plot
  {
    var plot = Plot(
      "Squared error after 50 steps", at: (70, 40, 560, 330), x: 3.5...5.5, y: -2.8 ... -1.4,
      xLabel: "weight w", yLabel: "bias b")
    let (columns, rows) = (100, 70)
    let side = (w: 2 / Double(columns), b: 1.4 / Double(rows))
    func at(_ i: Int, _ j: Int) -> (Double, Double) {
      (3.5 + side.w * Double(i), -2.8 + side.b * Double(j))
    }
    for j in 0..<rows {
      var begin = 0
      let levels = (0..<columns).map { i in
        (25 * shade(error(at(i, j).0 + side.w / 2, at(i, j).1 + side.b / 2))).rounded() / 25
      }
      for i in 0..<columns where i + 1 == columns || levels[i + 1] != levels[i] {
        let (from, to) = (at(begin, j), at(i + 1, j + 1))
        plot.cell(x0: from.0, x1: to.0, y0: from.1, y1: to.1, Colour.scale(levels[i]))
        begin = i + 1
      }
    }
    for level in [1e-3, 1e-2, 0.03, 0.1, 0.3] { contour(level, &plot) }
    plot.line(wild.map { ($0.w, $0.b) }, "#ff4040", "free descent", width: 1.5)
    plot.line(tame.map { ($0.w, $0.b) }, "#ffffff", "rescaled to 0.1", dash: "3 2", width: 1.2)
    for p in wild { plot.dot((p.w, p.b), "#ff4040", radius: 2.5) }
    plot.dot((start.w, start.b), "#ffffff", radius: 5)
    return plot
  }

  /// 0 for an error of 1e-4 and less, 1 for 0.5.
  private static func shade(_ error: Double) -> Double { log(max(error, 1e-4) / 1e-4) / log(5000) }

  /// Draws where the error crosses `level`: between neighbours of each column of a fine grid.
  private static func contour(_ level: Double, _ plot: inout Plot) {
    for i in 0..<250 {
      let w = 3.5 + 0.008 * Double(i)
      for j in 0..<175 {
        let b = -2.8 + 0.008 * Double(j)
        if (error(w, b) < level) != (error(w, b + 0.008) < level) {
          plot.dot((w, b + 0.004), "#00000088", radius: 0.6)
        }
      }
    }
  }

  private static func scale() -> String {
    var bar = ""
    for i in 0..<50 {
      bar += "<rect x='650' y='\(364 - 6 * i)' width='16' height='6.5' "
      bar += "fill='\(Colour.scale(Double(i) / 49))'/>\n"
    }
    for value in [1e-4, 1e-3, 1e-2, 0.1, 0.5] {
      bar += SVG.text(672, 370 - 300 * shade(value), scientific(value))
    }
    return bar
  }
}
