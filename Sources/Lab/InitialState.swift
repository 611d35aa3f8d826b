// SPDX-License-Identifier: Apache-2.0

/// Experiment 4: the state before the first step is learned like a weight.
///
/// Without any input, the network is to draw the beginning of a wave. From a state of zero it has to find its
/// way to the wave first; with a learned state it begins on it.
package enum InitialState {
  /// Trains, and gives the squared error over rounds.
  package static func errors(
    _ cell: Cell, steps: Int, rounds: Int, isLearned: Bool, seed: UInt64 = 1
  ) -> [Double] {
    var random = SplitMix64(seed)
    var network = Network(cell, inputs: 0, units: 4, outputs: 1)
    network.start(.orthogonal, &random)
    var optimiser = Optimiser(.adam, rate: 0.01, count: network.parameters.count)
    let target = (0..<steps).map { sin(0.8 * Double($0) + 1) }
    return (0..<rounds).map { _ in
      let trace = network.run([], steps: steps)
      let (loss, errors) = squaredError(trace.outputs, target)
      let gradient = network.gradient(of: trace, outputErrors: errors).parameters
      optimiser.step(&network.parameters, gradient, frozen: isLearned ? nil : network.initialState)
      return 2 * loss
    }
  }

  /// The error over rounds, in the geometric mean of ten beginnings.
  package static func curve(_ cell: Cell, steps: Int, rounds: Int, isLearned: Bool) -> [Double] {
    let runs = (1...10).map {
      errors(cell, steps: steps, rounds: rounds, isLearned: isLearned, seed: UInt64($0))
    }
    return (0..<rounds).map { round in exp(mean(runs.map { log($0[round]) })) }
  }

  package static func report() -> Report {
    var report = Report()
    let rounds = 600
    report.row("network", "steps", "rounds to an error of 0.001 from zero", "learned")
    var parts = ""
    for (k, (cell, name)) in [(Cell.plain, "plain"), (.lstm, "LSTM")].enumerated() {
      for (column, steps) in [6, 12, 48].enumerated() {
        var plot = Plot(
          "\(name), \(steps) steps",
          at: (60 + 300 * Double(column), 40 + 220 * Double(k), 240, 150), x: 0...Double(rounds),
          y: 1e-6...10, logY: true, xLabel: "round", yLabel: column == 0 ? "squared error" : "")
        let zero = curve(cell, steps: steps, rounds: rounds, isLearned: false)
        let learned = curve(cell, steps: steps, rounds: rounds, isLearned: true)
        for (values, colour, key) in [
          (zero, Colour.orange, "state begins at 0"),
          (learned, Colour.blue, "beginning is learned"),
        ] {
          let points = stride(from: 0, to: rounds, by: 5).map { (Double($0), values[$0]) }
          plot.line(points, colour, key)
        }
        parts += plot.svg(key: (0.35, 0.02))
        let done = [zero, learned].map { $0.firstIndex { $0 < 1e-3 }.map(String.init) ?? "more" }
        report.row(name, "\(steps)", done[0] + String(repeating: " ", count: 34), done[1])
      }
    }
    report.picture("initial-state", 930, 460, parts)
    return report
  }
}
