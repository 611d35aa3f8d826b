// SPDX-License-Identifier: Apache-2.0

/// Experiment 2: Jaeger's timer.
///
/// A switch u1 starts it, u2 says for how long; the output is to be 0.5 for 1000 u2 steps and 0
/// otherwise.
package enum Timer {
  /// A run of the timer: two inputs a step and the output that is wanted.
  struct Example {
    var inputs: [Double]
    var target: [Double]
    var steps: Int { target.count }
  }

  /// `scale` is the length in steps for u2 = 1: 1000 in the original.
  static func example(_ u2: Double, scale: Int) -> Example {
    let start = scale / 20
    let end = start + Int((u2 * Double(scale)).rounded())
    let steps = scale + scale / 5
    let inputs: [Double] = (0..<steps).flatMap { [$0 == start ? 1 : 0, u2] }
    return Example(inputs: inputs, target: (0..<steps).map { $0 >= start && $0 < end ? 0.5 : 0 })
  }

  /// Lengths that the networks learn; they are tested on those between.
  static let lessons = (0..<19).map { 0.1 + 0.05 * Double($0) }
  static let tests = [0.225, 0.475, 0.775]

  /// Trains by backpropagation through time with Adam, on longer and longer scales.
  package static func train(
    _ cell: Cell, units: Int, scales: [Int], rounds: Int, rate: Double = 0.01
  ) -> Network {
    var random = SplitMix64(21)
    var network = Network(cell, inputs: 2, units: units, outputs: 1)
    network.start(.orthogonal, &random)
    for (k, scale) in scales.enumerated() {
      if k == 0 && cell.hasMemory {
        // Cells that forget within times from one step to all of them (Tallec and Ollivier, 2018).
        for i in 0..<units {
          let steps = 1 + random.uniform() * Double(scales[scales.count - 1])
          network.parameters[network.weight(from: network.sources - 1, to: i)] = log(steps)
          network.parameters[network.weight(from: network.sources - 1, to: units + i)] =
            -log(steps) / 2
        }
      }
      var optimiser = Optimiser(.adam, rate: rate, count: network.parameters.count, limit: 1)
      for round in 0..<rounds {
        optimiser.rate = rate * (1 - 0.95 * Double(round) / Double(rounds))
        let example = example(0.1 + 0.9 * random.uniform(), scale: scale)
        let trace = network.run(example.inputs, steps: example.steps)
        let (_, errors) = squaredError(trace.outputs, example.target)
        let gradient = network.gradient(of: trace, outputErrors: errors)
        optimiser.step(&network.parameters, gradient.parameters)
      }
    }
    return network
  }

  /// An echo state network (Jaeger, 2001): random units, some slow, of which only the readout learns.
  ///
  /// The readout is found at once, by ridge regression on the states of all lessons.
  package static func echoState(units: Int, scale: Int, ridge: Double = 1e-7) -> Network {
    var random = SplitMix64(4)
    var network = Network(.plain, inputs: 2, units: units, outputs: 1)
    network.start(.echo(radius: 0.95), &random, inputScale: 2)
    for i in 0..<units {
      network.rates[i] = pow(Double(scale), -random.uniform())
      network.parameters[network.weight(from: network.sources - 1, to: i)] = random.normal()
    }
    let n = units + 1
    var (products, wanted) = (
      [Double](repeating: 0, count: n * n), [Double](repeating: 0, count: n)
    )
    for u2 in lessons {
      let example = example(u2, scale: scale)
      let trace = network.run(example.inputs, steps: example.steps)
      for t in 0..<example.steps {
        let state = Array(trace.states[(t + 1) * units..<(t + 2) * units]) + [1]
        state.withUnsafeBufferPointer { from in
          products.withUnsafeMutableBufferPointer { sums in
            guard let x = from.baseAddress, let sums = sums.baseAddress else { return }
            for i in 0..<n { add(x, times: x[i], to: sums + i * n, i + 1) }
          }
        }
        for i in 0..<n where example.target[t] != 0 { wanted[i] += state[i] * example.target[t] }
      }
    }
    for i in 0..<n {
      products[i * n + i] += ridge * Double(scale)
      for j in 0..<i { products[j * n + i] = products[i * n + j] }
    }
    let weights = solve(products, wanted)
    for i in 0..<n { network.parameters[network.readout + i] = weights[i] }
    return network
  }

  /// The root of the mean squared error on lengths that were not learned.
  package static func error(of network: Network, scale: Int) -> Double {
    let squares = tests.map { u2 in
      let example = example(u2, scale: scale)
      return 2
        * squaredError(network.run(example.inputs, steps: example.steps).outputs, example.target).0
    }
    return mean(squares).squareRoot()
  }

  /// The error of an output that is always the mean of the targets.
  package static func baseline(scale: Int) -> Double {
    let all = tests.flatMap { example($0, scale: scale).target }
    return mean(all.map { ($0 - mean(all)) * ($0 - mean(all)) }).squareRoot()
  }

  package static func report() -> Report {
    var report = Report()
    let scale = 1000
    let scales = [125, 250, 500, 1000]
    let networks: [(String, Network)] = [
      ("BPTT, plain units", train(.plain, units: 16, scales: scales, rounds: 400)),
      ("echo state network", echoState(units: 200, scale: scale)),
      ("LSTM", train(.lstm, units: 12, scales: scales, rounds: 800)),
    ]
    report.row("network           ", "error")
    report.row("constant output   ", fixed(baseline(scale: scale), 4))
    var parts = ""
    for (k, (name, network)) in networks.enumerated() {
      report.row(
        name + String(repeating: " ", count: 18 - name.count),
        fixed(error(of: network, scale: scale), 4))
      for (column, u2) in tests.enumerated() {
        var plot = Plot(
          "\(name), u2 = \(fixed(u2, 3))",
          at: (55 + 300 * Double(column), 40 + 180 * Double(k), 240, 110),
          x: 0...Double(scale) * 1.2,
          y: -0.2...0.8, xLabel: k == 2 ? "step" : "")
        let example = example(u2, scale: scale)
        let outputs = network.run(example.inputs, steps: example.steps).outputs
        let points = { (v: [Double]) in v.enumerated().map { (Double($0), $1) } }
        plot.line(points(example.target), Colour.grey, "wanted", width: 3)
        plot.line(points(outputs), Colour.all[k], "output", width: 1.5)
        parts += plot.svg(key: (0.02, 0.02))
      }
    }
    report.picture("timer", 920, 570, parts)
    return report
  }
}
