// SPDX-License-Identifier: Apache-2.0

/// What a unit does with its pre-activations and its old state, and the way back.
package enum Cell: Equatable, Sendable {
  /// h = tanh(a): a unit of the first recurrent networks.
  case plain
  /// A memory cell behind three gates (Hochreiter and Schmidhuber, 1997; Gers and others, 2000).
  ///
  /// Pre-activations of all units lie in the order keep (today's name: forget gate), write (input
  /// gate), read (output gate), candidate. A linear cell stores the candidate and gives its content as
  /// they are, without tanh.
  case lstm(isLinear: Bool)

  package static let lstm = Cell.lstm(isLinear: false)

  package var hasMemory: Bool { self != .plain }
  package var gates: Int { hasMemory ? 4 : 1 }

  /// Turns pre-activations `a` into activations in place, and makes state `new` of state `old`.
  func forward(
    _ a: UnsafeMutablePointer<Double>, _ old: UnsafeMutablePointer<Double>,
    _ new: UnsafeMutablePointer<Double>, _ rates: [Double]
  ) {
    let n = rates.count
    guard case .lstm(let isLinear) = self else {
      for i in 0..<n {
        a[i] = tanh(a[i])
        new[i] = old[i] + rates[i] * (a[i] - old[i])
      }
      return
    }
    for i in 0..<n {
      let (keep, write, read) = (sigmoid(a[i]), sigmoid(a[n + i]), sigmoid(a[2 * n + i]))
      let candidate = isLinear ? a[3 * n + i] : tanh(a[3 * n + i])
      let memory = keep * old[n + i] + write * candidate
      (a[i], a[n + i], a[2 * n + i], a[3 * n + i]) = (keep, write, read, candidate)
      new[n + i] = memory
      new[i] = read * (isLinear ? memory : tanh(memory))
    }
  }

  /// Derivatives by the pre-activations, in `da`, and by the old state, added to `errors`.
  ///
  /// - Parameter errors: Derivatives by the old state, after which come those by the new one.
  func backward(
    _ act: UnsafePointer<Double>, _ old: UnsafePointer<Double>,
    _ errors: UnsafeMutablePointer<Double>, _ da: UnsafeMutablePointer<Double>, _ rates: [Double]
  ) {
    let n = rates.count
    guard case .lstm(let isLinear) = self else {
      for i in 0..<n {
        da[i] = rates[i] * errors[n + i] * (1 - act[i] * act[i])
        errors[i] += (1 - rates[i]) * errors[n + i]
      }
      return
    }
    for i in 0..<n {
      let (keep, write, read) = (act[i], act[n + i], act[2 * n + i])
      let (candidate, memory) = (act[3 * n + i], old[3 * n + i])
      let shown = isLinear ? memory : tanh(memory)
      let dh = errors[2 * n + i]
      let dc = errors[3 * n + i] + dh * read * (isLinear ? 1 : 1 - shown * shown)
      errors[3 * n + i] = dc
      errors[n + i] += dc * keep
      da[i] = dc * old[n + i] * keep * (1 - keep)
      da[n + i] = dc * candidate * write * (1 - write)
      da[2 * n + i] = dh * shown * read * (1 - read)
      da[3 * n + i] = dc * write * (isLinear ? 1 : 1 - candidate * candidate)
    }
  }

  /// How the new state changes when pre-activations change by `da` and the old state by `oldChange`.
  ///
  /// The forward pass of a directional derivative; `oldChange` is followed by the new state's.
  func tangent(
    _ act: UnsafePointer<Double>, _ old: UnsafePointer<Double>, _ da: UnsafePointer<Double>,
    _ oldChange: UnsafeMutablePointer<Double>, _ rates: [Double]
  ) {
    let n = rates.count
    guard case .lstm(let isLinear) = self else {
      for i in 0..<n {
        oldChange[n + i] = (1 - rates[i]) * oldChange[i] + rates[i] * (1 - act[i] * act[i]) * da[i]
      }
      return
    }
    for i in 0..<n {
      let (keep, write, read) = (act[i], act[n + i], act[2 * n + i])
      let (candidate, memory) = (act[3 * n + i], old[3 * n + i])
      let shown = isLinear ? memory : tanh(memory)
      let dc =
        keep * oldChange[n + i] + keep * (1 - keep) * da[i] * old[n + i]
        + write * (1 - write) * da[n + i] * candidate
        + write * (isLinear ? 1 : 1 - candidate * candidate) * da[3 * n + i]
      oldChange[3 * n + i] = dc
      oldChange[2 * n + i] =
        read * (1 - read) * da[2 * n + i] * shown + read * (isLinear ? 1 : 1 - shown * shown) * dc
    }
  }
}
