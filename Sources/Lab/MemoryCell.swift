// SPDX-License-Identifier: Apache-2.0

/// Experiment 6: one memory cell whose gates are opened and closed by hand.
package enum MemoryCell {
  /// Inputs of a step: what may be stored, and the three gates, open at 1 and closed at 0.
  typealias Step = (value: Double, keep: Double, write: Double, read: Double)

  /// A linear cell whose gates follow the inputs: logistic units with weights so large that they are
  /// open or closed.
  package static func network() -> Network {
    var network = Network(.lstm(isLinear: true), inputs: 4, units: 1, outputs: 1)
    for gate in 0..<3 {
      network.parameters[network.weight(from: 1 + gate, to: gate)] = 80
      network.parameters[network.weight(from: 5, to: gate)] = -40
    }
    network.parameters[network.weight(from: 0, to: 3)] = 1
    network.parameters[network.readout] = 1
    return network
  }

  /// Writes 4.2 at step 10, keeps it for `hold` steps amid noise, reads it, and clears the cell.
  static func script(hold: Int) -> [Step] {
    var random = SplitMix64(8)
    let steps = hold + 40
    return (0..<steps).map { t in
      let value = t == 10 ? 4.2 : random.normal()
      let end = 10 + hold
      return (
        value, t == 10 || t == end + 10 ? 0 : 1, t == 10 ? 1 : 0, t >= end && t < end + 20 ? 1 : 0
      )
    }
  }

  package struct Run {
    package var content: [Double]
    package var outputs: [Double]
    /// The derivative of the first output that is read by the content after each step.
    package var errors: [Double]
    /// The same by the value that was written.
    package var writtenError: Double
  }

  package static func run(hold: Int) -> Run {
    let steps = script(hold: hold)
    let network = network()
    let trace = network.run(
      steps.flatMap { [$0.value, $0.keep, $0.write, $0.read] }, steps: steps.count)
    var outputErrors = [Double](repeating: 0, count: steps.count)
    outputErrors[10 + hold] = 1
    let gradient = network.gradient(of: trace, outputErrors: outputErrors)
    return Run(
      content: (1...steps.count).map { trace.states[2 * $0 + 1] }, outputs: trace.outputs,
      errors: (1...steps.count).map { gradient.states[2 * $0 + 1] },
      writtenError: gradient.inputs[4 * 10])
  }

  package static func report() -> Report {
    var report = Report()
    let hold = 400
    let (found, steps) = (run(hold: hold), script(hold: hold))
    report.row("step", "content", "output", "error")
    for t in [9, 10, 11, 200, 409, 410, 411, 419, 420, 421] {
      report.row(
        "\(t)", fixed(found.content[t], 4), fixed(found.outputs[t], 4), fixed(found.errors[t], 4))
    }
    let end = Double(steps.count - 1)
    let time = steps.indices.map(Double.init)
    func panel(_ title: String, _ row: Int, _ y: ClosedRange<Double>, _ label: String = "") -> Plot
    {
      Plot(
        title, at: (60, 40 + 135 * Double(row), 680, 80), x: 0...end, y: y, xLabel: label,
        hasTicks: row > 0)
    }
    var gates = panel("Gates", 0, 0...3.2)
    for (k, name) in ["keep", "write", "read"].enumerated() {
      let values = steps.map { [$0.keep, $0.write, $0.read][k] }
      gates.line(
        Array(zip(time, values.map { 0.8 * $0 + Double(2 - k) + 0.1 })), Colour.all[k], name)
    }
    var input = panel("Input: 4.2 at step 10, noise else", 1, -4...5)
    input.line(Array(zip(time, steps.map(\.value))), Colour.grey, width: 0.8)
    var content = panel("Content of the cell, and output", 2, -0.5...5)
    content.line(Array(zip(time, found.content)), Colour.blue, "content")
    content.line(Array(zip(time, found.outputs)), Colour.orange, "output")
    var error = panel("Derivative of the output at step 410 by the content", 3, -0.1...1.2, "step")
    error.line(Array(zip(time, found.errors)), Colour.pink)
    report.picture(
      "memory-cell", 770, 570, gates.svg(key: (0.45, 0.1)), input.svg(),
      content.svg(key: (0.45, 0.35)),
      error.svg())
    return report
  }
}
