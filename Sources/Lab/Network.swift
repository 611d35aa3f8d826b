// SPDX-License-Identifier: Apache-2.0

/// A recurrent network with a linear readout, its run through time, and backpropagation through time.
///
/// At step t it sees z = [input, state h of step t - 1, (output of step t - 1), 1]. The cell makes
/// the next state of the pre-activations W z, the readout makes the output V [h, 1].
/// All that can be learned is one vector: W, V and the initial state, in this order.
package struct Network {
  package let cell: Cell
  package let inputs: Int
  package let units: Int
  package let outputs: Int
  /// Whether outputs come back to the units one step later (backprojections).
  package let hasFeedback: Bool
  package var parameters: [Double]
  /// Of a plain unit, how far it moves to its new value in a step: 1, or less for a slow unit.
  package var rates: [Double]

  /// Numbers in z.
  package var sources: Int { inputs + units + (hasFeedback ? outputs : 0) + 1 }
  /// Pre-activations: one a unit, or four where units have gates.
  package var targets: Int { cell.gates * units }
  /// Numbers in a state: h, and the memory cells where there are some.
  package var stateSize: Int { cell.hasMemory ? 2 * units : units }
  /// Where V begins: units + 1 rows of `outputs` numbers.
  ///
  /// W lies before it, `sources` × `targets`.
  package var readout: Int { sources * targets }
  /// Where the initial state begins.
  package var initialState: Int { readout + (units + 1) * outputs }

  package init(
    _ cell: Cell, inputs: Int, units: Int, outputs: Int, hasFeedback: Bool = false
  ) {
    (self.cell, self.inputs, self.units, self.outputs) = (cell, inputs, units, outputs)
    self.hasFeedback = hasFeedback
    rates = [Double](repeating: 1, count: units)
    parameters = []
    parameters = [Double](repeating: 0, count: initialState + stateSize)
  }

  /// The place of the weight from number `source` of z to pre-activation `target`.
  package func weight(from source: Int, to target: Int) -> Int { source * targets + target }

  /// What a run leaves behind, all that backpropagation needs.
  package struct Trace {
    package var steps: Int
    /// z of each step.
    package var seen: [Double]
    /// Activations of gates and units of each step.
    package var activations: [Double]
    /// The initial state and that after each step.
    package var states: [Double]
    package var outputs: [Double]
  }

  /// Runs through `sequence`, `inputs` numbers a step.
  ///
  /// - Parameters:
  ///   - state: The state to begin with, or nil for the learned initial state.
  ///   - forced: Outputs to feed back instead of the network's own (teacher forcing), or nil.
  package func run(
    _ sequence: [Double], steps: Int, from state: [Double]? = nil, forced: [Double]? = nil
  ) -> Trace {
    let (z, a, s, n, l) = (sources, targets, stateSize, units, outputs)
    var trace = Trace(
      steps: steps, seen: [Double](repeating: 0, count: steps * z),
      activations: [Double](repeating: 0, count: steps * a),
      states: (state ?? Array(parameters[initialState...]))
        + [Double](repeating: 0, count: steps * s),
      outputs: [Double](repeating: 0, count: steps * l))
    withBases(of: &trace) { seen, activations, states, outputs in
      parameters.withUnsafeBufferPointer { buffer in
        guard let w = buffer.baseAddress else { return }
        let v = w + readout
        for t in 0..<steps {
          let (from, act, old) = (seen + t * z, activations + t * a, states + t * s)
          for k in 0..<inputs { from[k] = sequence[t * inputs + k] }
          for i in 0..<n { from[inputs + i] = old[i] }
          if hasFeedback && t > 0 {
            for k in 0..<l {
              from[inputs + n + k] = forced?[(t - 1) * l + k] ?? outputs[(t - 1) * l + k]
            }
          }
          from[z - 1] = 1
          for j in 0..<z where from[j] != 0 { add(w + j * a, times: from[j], to: act, a) }
          cell.forward(act, old, old + s, rates)
          let y = outputs + t * l
          for k in 0..<l { y[k] = v[n * l + k] }
          for i in 0..<n { add(v + i * l, times: old[s + i], to: y, l) }
        }
      }
    }
    return trace
  }

  /// What backpropagation finds: derivatives of the loss by all that took part.
  package struct Gradient {
    package var parameters: [Double]
    package var inputs: [Double]
    /// By the initial state and that after each step.
    package var states: [Double]
  }

  /// Backpropagation through time (Werbos, 1990), from the loss's derivatives by all outputs.
  ///
  /// The network is unrolled: each step has a copy of all weights, and the derivatives of all copies
  /// are summed. `copies` limits the sum to copies of some steps.
  package func gradient(
    of trace: Trace, outputErrors: [Double], copies: Range<Int>? = nil
  ) -> Gradient {
    let (z, a, s, n, l) = (sources, targets, stateSize, units, outputs)
    var result = Gradient(
      parameters: [Double](repeating: 0, count: parameters.count),
      inputs: [Double](repeating: 0, count: trace.steps * inputs),
      states: [Double](repeating: 0, count: (trace.steps + 1) * s))
    var errors = outputErrors
    var back = [Double](repeating: 0, count: a)
    let steps = trace.steps
    var trace = trace
    withBases(of: &trace) { seen, activations, states, _ in
      parameters.withUnsafeBufferPointer { weights in
        result.parameters.withUnsafeMutableBufferPointer { sums in
          result.states.withUnsafeMutableBufferPointer { stateErrors in
            errors.withUnsafeMutableBufferPointer { errors in
              back.withUnsafeMutableBufferPointer { back in
                guard let w = weights.baseAddress, let g = sums.baseAddress,
                  let ds = stateErrors.baseAddress, let dy = errors.baseAddress,
                  let da = back.baseAddress
                else { return }
                let (v, gv) = (w + readout, g + readout)
                for t in (0..<steps).reversed() {
                  let (from, old, oldErrors, e) = (
                    seen + t * z, states + t * s, ds + t * s, dy + t * l
                  )
                  for i in 0..<n {
                    oldErrors[s + i] += dot(v + i * l, e, l)
                    add(e, times: old[s + i], to: gv + i * l, l)
                  }
                  for k in 0..<l { gv[n * l + k] += e[k] }
                  cell.backward(activations + t * a, old, oldErrors, da, rates)
                  if copies?.contains(t) ?? true {
                    for j in 0..<z where from[j] != 0 { add(da, times: from[j], to: g + j * a, a) }
                  }
                  for k in 0..<inputs { result.inputs[t * inputs + k] = dot(w + k * a, da, a) }
                  for i in 0..<n { oldErrors[i] += dot(w + (inputs + i) * a, da, a) }
                  if hasFeedback && t > 0 {
                    for k in 0..<l { e[k - l] += dot(w + (inputs + n + k) * a, da, a) }
                  }
                }
              }
            }
          }
        }
      }
    }
    for i in 0..<s { result.parameters[initialState + i] += result.states[i] }
    return result
  }

  private func withBases(
    of trace: inout Trace,
    _ body: (
      UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>,
      UnsafeMutablePointer<Double>
    ) -> Void
  ) {
    trace.seen.withUnsafeMutableBufferPointer { seen in
      trace.activations.withUnsafeMutableBufferPointer { activations in
        trace.states.withUnsafeMutableBufferPointer { states in
          trace.outputs.withUnsafeMutableBufferPointer { outputs in
            guard let z = seen.baseAddress, let a = activations.baseAddress,
              let s = states.baseAddress, let y = outputs.baseAddress
            else { return }
            body(z, a, s, y)
          }
        }
      }
    }
  }
}
