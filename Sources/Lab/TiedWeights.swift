// SPDX-License-Identifier: Apache-2.0

/// Experiment 3: the copies of a weight in an unrolled network, and the sum of their derivatives.
package enum TiedWeights {
  package struct Check {
    /// The largest difference of the summed derivatives to differences of the loss.
    package var error: Double
    /// Lengths of the gradients of all copies, one a step.
    package var copies: [Double]
    /// The largest difference of the copies' sum to the gradient.
    package var sumError: Double
  }

  /// Compares backpropagation with central differences on a random sequence.
  package static func check(_ cell: Cell, steps: Int, hasFeedback: Bool = true) -> Check {
    var random = SplitMix64(11)
    var network = Network(cell, inputs: 2, units: 5, outputs: 2, hasFeedback: hasFeedback)
    network.parameters = network.parameters.map { _ in 0.5 * random.normal() }
    let input = (0..<2 * steps).map { _ in random.normal() }
    let target = (0..<2 * steps).map { _ in random.normal() }
    let run = { (n: Network) in squaredError(n.run(input, steps: steps).outputs, target) }
    let trace = network.run(input, steps: steps)
    let gradient = {
      network.gradient(of: trace, outputErrors: run(network).1, copies: $0).parameters
    }
    let whole = gradient(nil)
    var result = Check(error: 0, copies: [], sumError: 0)
    for i in whole.indices {
      var moved = network
      moved.parameters[i] += 1e-5
      let up = run(moved).0
      moved.parameters[i] -= 2e-5
      result.error = max(result.error, abs((up - run(moved).0) / 2e-5 - whole[i]))
    }
    var sum = [Double](repeating: 0, count: network.readout)
    for t in 0..<steps {
      let copy = gradient(t..<t + 1)[..<network.readout]
      result.copies.append(norm(copy))
      for i in sum.indices { sum[i] += copy[i] }
    }
    result.sumError = sum.indices.map { abs(sum[$0] - whole[$0]) }.max() ?? 0
    return result
  }

  /// Losses of descent where the copies' derivatives are summed, or averaged over `steps` copies.
  ///
  /// The task is to say the first input again at the end.
  package static func descent(steps: Int, rounds: Int, isAveraged: Bool, rate: Double) -> [Double] {
    var random = SplitMix64(5)
    var network = Network(.plain, inputs: 1, units: 8, outputs: 1)
    network.start(.orthogonal, &random)
    return (0..<rounds).map { _ in
      var (sum, loss) = ([Double](repeating: 0, count: network.parameters.count), 0.0)
      for k in 0..<8 {
        var input = [Double](repeating: 0, count: steps)
        input[0] = Double(k) / 4 - 0.875
        let weights = (0..<steps).map { $0 == steps - 1 ? 1.0 : 0 }
        let target = [Double](repeating: input[0], count: steps)
        let trace = network.run(input, steps: steps)
        let (part, errors) = squaredError(trace.outputs, target, weights)
        loss += part / 8
        let gradient = network.gradient(of: trace, outputErrors: errors).parameters
        let scale = isAveraged ? 1 / Double(steps) : 1
        // The readout is used once, so that its one copy needs neither sum nor average.
        for i in sum.indices { sum[i] += gradient[i] * (i < network.readout ? scale : 1) / 8 }
      }
      for i in sum.indices { network.parameters[i] -= rate * sum[i] }
      return loss
    }
  }

  package static func report() -> Report {
    var report = Report()
    let (plain, lstm) = (check(.plain, steps: 20), check(.lstm, steps: 20))
    report.row("cell", "against differences", "copies' sum against gradient")
    for (name, found) in [("plain", plain), ("LSTM", lstm)] {
      let bound = { (x: Double) in x < 1e-7 ? "below 1e-7" : scientific(x) }
      report.row(name, bound(found.error) + "         ", bound(found.sumError))
    }
    var left = Plot(
      "Gradient of each copy of the weights", at: (60, 40, 310, 220), x: 1...20, y: 1e-3...10,
      logY: true, xLabel: "step of the copy", yLabel: "length")
    for (found, colour, name) in [(plain, Colour.orange, "plain"), (lstm, Colour.blue, "LSTM")] {
      left.line(found.copies.enumerated().map { (Double($0 + 1), $1) }, colour, name)
    }
    let rounds = 300
    var right = Plot(
      "Descent at a rate of 0.1", at: (440, 40, 310, 220), x: 0...Double(rounds), y: 1e-4...10,
      logY: true, xLabel: "round", yLabel: "half squared error")
    report.row("copies", "loss at the end")
    for (steps, colour) in [(5, Colour.blue), (20, Colour.orange)] {
      for isAveraged in [false, true] {
        let losses = descent(steps: steps, rounds: rounds, isAveraged: isAveraged, rate: 0.1)
        let name = "\(isAveraged ? "averaged" : "summed"), \(steps) copies"
        right.line(
          losses.enumerated().map { (Double($0), $1) }, colour, name,
          dash: isAveraged ? "5 3" : "")
        report.row(name + "  ", scientific(losses[rounds - 1]))
      }
    }
    report.picture("tied-weights", 780, 310, left.svg(), right.svg(key: (0.5, 0.02)))
    return report
  }
}
