// SPDX-License-Identifier: Apache-2.0

/// Experiment 1: a recurrent network steps through time; unrolled, it has no circles.
package enum Steps {
  /// Two inputs, four units that are connected to one another and to themselves, one output that is
  /// fed back.
  ///
  /// Unit 0 mostly remembers itself.
  package static func network() -> Network {
    var network = Network(.plain, inputs: 2, units: 4, outputs: 1, hasFeedback: true)
    var random = SplitMix64(3)
    network.start(.random, &random)
    for i in 0..<4 {
      network.parameters[network.weight(from: 6, to: i)] = 0.5 * random.normal()
      network.parameters[network.initialState + i] = i == 0 ? 0.9 : 0
    }
    network.parameters[network.weight(from: 2, to: 0)] = 1.4
    return network
  }

  package static let inputs: [Double] = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]

  package static func report() -> Report {
    var report = Report()
    let trace = network().run(inputs, steps: 6)
    report.row("step", "u1 u2", "x1", "x2", "x3", "x4", "y1")
    for t in 0...6 {
      let u = t == 0 ? "" : "\(fixed(inputs[2 * t - 2], 0))  \(fixed(inputs[2 * t - 1], 0))"
      let x = trace.states[4 * t..<4 * t + 4].map { fixed($0) }
      report.row("\(t)", u, x[0], x[1], x[2], x[3], t == 0 ? "" : fixed(trace.outputs[t - 1]))
    }
    report.picture("steps", 760, 340, draw(trace))
    return report
  }

  /// Each column is a copy of the network; all arrows go to the right or up.
  private static func draw(_ trace: Network.Trace) -> String {
    var (arrows, nodes) = ("", "")
    func at(_ t: Int, _ i: Int) -> (Double, Double) { (70 + 105 * Double(t), 120 + 40 * Double(i)) }
    func arrow(_ a: (Double, Double), _ b: (Double, Double), _ colour: String, _ width: Double = 1)
    {
      arrows += "<path d='M\(SVG.n(a.0)) \(SVG.n(a.1))L\(SVG.n(b.0)) \(SVG.n(b.1))' fill='none' "
      arrows += "stroke='\(colour)' stroke-width='\(width)' stroke-opacity='.6'/>\n"
    }
    func node(_ p: (Double, Double), _ value: Double, _ name: String) {
      nodes += SVG.circle(p.0, p.1, 15, Colour.signed(value))
      nodes += SVG.text(p.0, p.1 + 4, fixed(value, 1), "text-anchor='middle' style='fill:#111'")
      nodes += SVG.text(p.0 - 33, p.1 + 4, name, "")
    }
    for t in 0...6 {
      let output = (at(t, 0).0, 60.0)
      nodes += SVG.text(at(t, 0).0, 20, t == 0 ? "start" : "copy \(t)", "text-anchor='middle'")
      for i in 0..<4 {
        node(at(t, i), trace.states[4 * t + i], t == 0 ? "x\(i + 1)" : "")
        guard t > 0 else { continue }
        for j in 0..<4 { arrow(at(t - 1, j), at(t, i), Colour.blue, i == j ? 3 : 1) }
        for k in 0..<2 { arrow((output.0 - 20 + 40 * Double(k), 295), at(t, i), Colour.green) }
        arrow(at(t, i), output, Colour.orange)
        if t > 1 { arrow((output.0 - 105, 60), at(t, i), Colour.pink) }
      }
      guard t > 0 else { continue }
      node(output, trace.outputs[t - 1], t == 1 ? "y1" : "")
      for k in 0..<2 {
        node((output.0 - 20 + 40 * Double(k), 295), inputs[2 * t - 2 + k], "")
      }
    }
    nodes += SVG.text(70, 299, "u1, u2", "text-anchor='middle'")
    let key =
      "blue: units to units, thick to themselves; green: inputs; orange: output; "
      + "pink: output fed back"
    return arrows + nodes + SVG.text(380, 330, key, "text-anchor='middle'")
  }
}
