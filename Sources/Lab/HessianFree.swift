// SPDX-License-Identifier: Apache-2.0

/// Hessian-free optimisation (Martens, 2010): steps of conjugate gradients in the Gauss-Newton matrix G of
/// a squared error, of which only products with vectors are ever computed.
package struct HessianFree {
  package var damping = 0.1
  package var iterations = 20
  private var last: [Double] = []

  package init() {}

  /// One example: inputs, wanted outputs, and how much each output counts.
  package typealias Example = (input: [Double], target: [Double], weights: [Double])

  /// Moves the network one step; returns the loss before it and the passes through all examples.
  package mutating func step(_ network: inout Network, _ examples: [Example]) -> (
    Double, passes: Int
  ) {
    let traces = examples.map { network.run($0.input, steps: $0.target.count / network.outputs) }
    let count = Double(examples.count)
    var (loss, slope) = (0.0, [Double](repeating: 0, count: network.parameters.count))
    for (example, trace) in zip(examples, traces) {
      let (part, errors) = squaredError(trace.outputs, example.target, example.weights)
      loss += part / count
      let gradient = network.gradient(of: trace, outputErrors: errors).parameters
      for i in slope.indices { slope[i] += gradient[i] / count }
    }
    // Conjugate gradients on (G + damping) d = -slope, from a part of the last direction.
    if last.isEmpty { last = [Double](repeating: 0, count: slope.count) }
    var d = last.map { 0.9 * $0 }
    let (fixed, damping) = (network, damping)
    func product(_ v: [Double]) -> [Double] {
      var sum = v.map { damping * $0 }
      for (example, trace) in zip(examples, traces) {
        let part = fixed.gaussNewton(v, trace, example.weights)
        for i in sum.indices { sum[i] += part[i] / count }
      }
      return sum
    }
    let begun = product(d)
    var rest = slope.indices.map { -slope[$0] - begun[$0] }
    var direction = rest
    var length = dot(rest, rest)
    var used = 0
    while used < iterations && length > 1e-12 {
      let image = product(direction)
      let step = length / dot(direction, image)
      for i in d.indices {
        d[i] += step * direction[i]
        rest[i] -= step * image[i]
      }
      let next = dot(rest, rest)
      for i in d.indices { direction[i] = rest[i] + next / length * direction[i] }
      length = next
      used += 1
    }
    last = d
    // Levenberg and Marquardt: trust more where the quadratic foretold the gain well, else less.
    let (old, image) = (network.parameters, product(d))
    let foretold = dot(slope, d) + 0.5 * dot(d, image)
    var size = 1.0
    var gain = 0.0
    for attempt in 0..<8 {
      network.parameters = old.indices.map { old[$0] + size * d[$0] }
      gain = HessianFree.loss(network, examples) - loss
      used += 1
      if gain <= 0 { break }
      size *= 0.6
      if attempt == 7 { network.parameters = old }
    }
    let ratio = gain / min(foretold, -1e-300)
    if ratio > 0.75 && size == 1 { self.damping /= 1.5 }
    if ratio < 0.25 || size < 1 { self.damping *= 1.5 }
    return (loss, used + 2)
  }

  static func loss(_ network: Network, _ examples: [Example]) -> Double {
    mean(
      examples.map {
        let steps = $0.target.count / network.outputs
        return squaredError(network.run($0.input, steps: steps).outputs, $0.target, $0.weights).0
      })
  }
}

extension Network {
  /// G `v`: how outputs change along `v`, by a forward pass, then back through the network.
  package func gaussNewton(_ v: [Double], _ trace: Trace, _ weights: [Double]) -> [Double] {
    var change = outputChange(trace, along: v)
    let scale = 1 / weights.reduce(0, +)
    for i in change.indices { change[i] *= weights[i] * scale }
    return gradient(of: trace, outputErrors: change).parameters
  }

  /// How all outputs of a run without feedback change when the parameters move along `v`.
  package func outputChange(_ trace: Trace, along v: [Double]) -> [Double] {
    let (z, a, s, n, l) = (sources, targets, stateSize, units, outputs)
    precondition(!hasFeedback)
    var result = [Double](repeating: 0, count: trace.steps * l)
    var states = Array(v[initialState...]) + [Double](repeating: 0, count: trace.steps * s)
    var change = [Double](repeating: 0, count: a)
    let parts = (trace.seen, trace.activations, trace.states, parameters, v)
    parts.0.withUnsafeBufferPointer { seen in
      parts.1.withUnsafeBufferPointer { activations in
        parts.2.withUnsafeBufferPointer { old in
          parts.3.withUnsafeBufferPointer { w in
            parts.4.withUnsafeBufferPointer { dw in
              states.withUnsafeMutableBufferPointer { states in
                change.withUnsafeMutableBufferPointer { change in
                  guard let from = seen.baseAddress, let act = activations.baseAddress,
                    let x = old.baseAddress, let w = w.baseAddress, let dw = dw.baseAddress,
                    let dx = states.baseAddress, let da = change.baseAddress
                  else { return }
                  for t in 0..<trace.steps {
                    for i in 0..<a { da[i] = 0 }
                    for j in 0..<z where from[t * z + j] != 0 {
                      add(dw + j * a, times: from[t * z + j], to: da, a)
                    }
                    for i in 0..<n { add(w + (inputs + i) * a, times: dx[t * s + i], to: da, a) }
                    cell.tangent(act + t * a, x + t * s, da, dx + t * s, rates)
                    for k in 0..<l {
                      var y = dw[readout + n * l + k]
                      for i in 0..<n {
                        y += dw[readout + i * l + k] * x[(t + 1) * s + i]
                        y += w[readout + i * l + k] * dx[(t + 1) * s + i]
                      }
                      result[t * l + k] = y
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
    return result
  }
}
