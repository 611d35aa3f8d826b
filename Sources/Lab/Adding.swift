// SPDX-License-Identifier: Apache-2.0

/// Experiment 7: optimisers and beginnings on the adding problem (Hochreiter and Schmidhuber, 1997).
///
/// Of a sequence of numbers in 0 ..< 1, two are marked, one in each half; the output at the end is to be
/// half of their sum. A constant answer has a mean squared error of 1/24 = 0.042.
package enum Adding {
  /// A way to train.
  package struct Method: Sendable {
    package var name: String
    package var cell = Cell.plain
    package var start: Network.Start
    /// The first-order rule and its rate, or nil for Hessian-free optimisation.
    package var rule: (Rule, Double)?
  }

  package static let methods = [
    Method(name: "momentum, random", start: .random, rule: (.momentum(0.9), 0.03)),
    Method(name: "momentum, echo state", start: .echo(radius: 1.1), rule: (.momentum(0.9), 0.03)),
    Method(name: "momentum, orthogonal", start: .orthogonal, rule: (.momentum(0.9), 0.03)),
    Method(name: "Adam, orthogonal", start: .orthogonal, rule: (.adam, 0.005)),
    Method(name: "Hessian-free, orthogonal", start: .orthogonal, rule: nil),
    Method(name: "LSTM, Adam", cell: .lstm, start: .orthogonal, rule: (.adam, 0.01)),
  ]

  /// A mean squared error below this counts as solved.
  package static let solved = 0.004

  static func example(_ steps: Int, _ random: inout SplitMix64) -> HessianFree.Example {
    var input = [Double](repeating: 0, count: 2 * steps)
    for t in 0..<steps { input[2 * t] = random.uniform() }
    let (a, b) = (random.below(steps / 2), steps / 2 + random.below(steps / 2))
    (input[2 * a + 1], input[2 * b + 1]) = (1, 1)
    var (target, weights) = (
      [Double](repeating: 0, count: steps), [Double](repeating: 0, count: steps)
    )
    (target[steps - 1], weights[steps - 1]) = ((input[2 * a] + input[2 * b]) / 2, 1)
    return (input, target, weights)
  }

  /// Trains until solved, for at most `budget` passes through a batch of 20 sequences.
  ///
  /// - Returns: The passes that were needed, or nil, and the error over passes.
  package static func run(_ method: Method, steps: Int, budget: Int, seed: UInt64) -> (
    passes: Int?, curve: [(Double, Double)]
  ) {
    var random = SplitMix64(seed)
    var network = Network(method.cell, inputs: 2, units: 16, outputs: 1)
    network.start(method.start, &random, keepBias: 2)
    var optimiser = method.rule.map {
      Optimiser($0.0, rate: $0.1, count: network.parameters.count, limit: 1)
    }
    var newton = HessianFree()
    var (curve, passes, smooth) = ([(Double, Double)](), 0, 1 / 24.0)
    while passes < budget {
      let size = optimiser == nil ? 60 : 20
      let batch = (0..<size).map { _ in example(steps, &random) }
      var loss = 0.0
      if optimiser == nil {
        let found = newton.step(&network, batch)
        loss = found.0
        passes += found.passes * size / 20
        smooth += 0.5 * (2 * loss - smooth)
      } else {
        var sum = [Double](repeating: 0, count: network.parameters.count)
        for example in batch {
          let trace = network.run(example.input, steps: steps)
          let (part, errors) = squaredError(trace.outputs, example.target, example.weights)
          loss += part / Double(size)
          let gradient = network.gradient(of: trace, outputErrors: errors).parameters
          for i in sum.indices { sum[i] += gradient[i] / Double(size) }
        }
        optimiser?.step(&network.parameters, sum)
        passes += 1
        smooth += 0.05 * (2 * loss - smooth)
      }
      if curve.isEmpty || Double(passes) > curve[curve.count - 1].0 + Double(budget) / 200 {
        curve.append((Double(passes), smooth))
      }
      if smooth < solved { return (passes, curve + [(Double(passes), smooth)]) }
    }
    return (nil, curve)
  }

  package static func report() -> Report {
    var report = Report()
    let (budget, seeds) = (1200, 2)
    report.row("method                  ", "length", "solved", "passes")
    var parts = ""
    for (column, steps) in [10, 50, 100].enumerated() {
      var plot = Plot(
        "Sequences of \(steps)", at: (60 + 320 * Double(column), 40, 270, 260),
        x: 10...Double(budget),
        y: 0.003...0.1, logX: true, logY: true, xLabel: "passes",
        yLabel: column == 0 ? "squared error" : "")
      for (k, method) in methods.enumerated() {
        let runs = (1...seeds).map { run(method, steps: steps, budget: budget, seed: UInt64($0)) }
        let done = runs.compactMap { $0.passes }
        for (i, run) in runs.enumerated() {
          plot.line(run.curve, Colour.all[k], i == 0 && column == 0 ? method.name : "", width: 1.3)
        }
        let name = method.name + String(repeating: " ", count: 24 - method.name.count)
        report.row(
          name, "\(steps)", "\(done.count) of \(seeds)",
          done.isEmpty ? "-" : fixed(mean(done.map(Double.init)), 0))
      }
      parts += plot.svg(key: (0.02, 0.62))
    }
    report.picture("adding", 990, 350, parts)
    return report
  }
}
