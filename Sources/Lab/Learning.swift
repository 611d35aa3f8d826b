// SPDX-License-Identifier: Apache-2.0

/// How parameters follow a gradient.
package enum Rule: Sendable {
  /// Plain descent, its speed kept from step to step (Nesterov's form; Sutskever and others, 2013).
  case momentum(Double)
  /// Adam (Kingma and Ba, 2015): each step is divided by the gradient's usual size.
  case adam
}

/// An optimiser of the first order, with its memory.
package struct Optimiser {
  let rule: Rule
  package var rate: Double
  /// The greatest length of a gradient; a longer one is rescaled to it (Pascanu and others, 2013).
  package var limit = Double.infinity
  private var first: [Double]
  private var second: [Double]
  private var steps = 0

  package init(_ rule: Rule, rate: Double, count: Int, limit: Double = .infinity) {
    (self.rule, self.rate, self.limit) = (rule, rate, limit)
    first = [Double](repeating: 0, count: count)
    second = first
  }

  /// Moves `parameters` one step against `gradient`; those from `frozen` on stay.
  package mutating func step(_ parameters: inout [Double], _ gradient: [Double], frozen: Int? = nil)
  {
    steps += 1
    let length = limit < .infinity ? norm(gradient) : 0
    let scale = length > limit ? limit / length : 1
    let count = frozen ?? parameters.count
    switch rule {
    case .momentum(let keep):
      for i in 0..<count {
        first[i] = keep * first[i] - rate * scale * gradient[i]
        parameters[i] += keep * first[i] - rate * scale * gradient[i]
      }
    case .adam:
      let (b1, b2) = (0.9, 0.99)
      let (c1, c2) = (1 - pow(b1, Double(steps)), 1 - pow(b2, Double(steps)))
      for i in 0..<count {
        let g = scale * gradient[i]
        first[i] += (1 - b1) * (g - first[i])
        second[i] += (1 - b2) * (g * g - second[i])
        parameters[i] -= rate * (first[i] / c1) / ((second[i] / c2).squareRoot() + 1e-8)
      }
    }
  }
}

extension Network {
  /// Ways to begin.
  package enum Start: Sendable {
    /// Normal weights, as large as leave a signal's size as it is on average.
    case random
    /// Recurrent weights that turn the state and never shorten it (Saxe and others, 2014).
    case orthogonal
    /// Few recurrent weights, scaled to a spectral radius (Jaeger, 2001).
    case echo(radius: Double)
  }

  /// Draws all weights; memory cells begin by keeping, with a keep gate's bias of `keepBias`.
  package mutating func start(
    _ start: Start, _ random: inout SplitMix64, inputScale: Double = 1, keepBias: Double = 1
  ) {
    let n = units
    for j in 0..<inputs {
      for a in 0..<targets {
        parameters[weight(from: j, to: a)] =
          inputScale * random.normal() / Double(inputs).squareRoot()
      }
    }
    for gate in 0..<cell.gates {
      let block = recurrentStart(start, &random)
      for j in 0..<n {
        for i in 0..<n { parameters[weight(from: inputs + j, to: gate * n + i)] = block[j * n + i] }
      }
    }
    for i in 0..<n * outputs { parameters[readout + i] = random.normal() / Double(n).squareRoot() }
    if cell.hasMemory {
      for i in 0..<n { parameters[weight(from: sources - 1, to: i)] = keepBias }
    }
  }

  private func recurrentStart(_ start: Start, _ random: inout SplitMix64) -> [Double] {
    let n = units
    var w = (0..<n * n).map { _ in random.normal() / Double(n).squareRoot() }
    switch start {
    case .random: break
    case .orthogonal:  // Gram and Schmidt's process, row by row.
      for j in 0..<n {
        var row = Array(w[j * n..<(j + 1) * n])
        for k in 0..<j {
          let other = Array(w[k * n..<(k + 1) * n])
          let part = dot(row, other)
          for i in 0..<n { row[i] -= part * other[i] }
        }
        let length = norm(row)
        for i in 0..<n { w[j * n + i] = row[i] / length }
      }
    case .echo(let radius):
      for i in w.indices where random.uniform() > 15 / Double(n) { w[i] = 0 }
      // The growth of a vector over many products tells the largest eigenvalue's size.
      var (x, growth) = ((0..<n).map { _ in random.normal() }, 0.0)
      for round in 0..<200 {
        var y = [Double](repeating: 0, count: n)
        for j in 0..<n { for i in 0..<n { y[i] += w[j * n + i] * x[j] } }
        let length = norm(y)
        if round >= 100 { growth += log(length) / 100 }
        x = y.map { $0 / length }
      }
      for i in w.indices { w[i] *= radius / exp(growth) }
    }
    return w
  }
}

/// Half the mean squared error where `weights` are 1, and its derivatives by the outputs.
func squaredError(_ outputs: [Double], _ targets: [Double], _ weights: [Double]? = nil) -> (
  Double, [Double]
) {
  let scale = 1 / (weights?.reduce(0, +) ?? Double(targets.count))
  var (loss, errors) = (0.0, outputs)
  for i in outputs.indices {
    let weight = (weights?[i] ?? 1) * scale
    errors[i] = weight * (outputs[i] - targets[i])
    loss += 0.5 * errors[i] * (outputs[i] - targets[i])
  }
  return (loss, errors)
}
