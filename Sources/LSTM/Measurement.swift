// SPDX-License-Identifier: Apache-2.0

/// The parts of a network's work, for measurements.
package enum NetworkPhase: Hashable, CaseIterable, Sendable {
  /// Predicting.
  case forward
  /// The gradients of activations and weights.
  case backward
  /// The steps of the optimiser.
  case optimiser
}

extension NetworkConfiguration {
  /// Floating-point operations a byte of the matrix products of a phase: additions and
  /// multiplications.
  ///
  /// The optimiser has none.
  package func productOperations(of phase: NetworkPhase) -> Int {
    let layout = ParameterLayout(self)
    let gates = layout.layers.map { $0.recurrent.count + $0.lower.count }.reduce(0, +)
    let forward = 2 * (gates + layout.output.count)
    switch phase {
    case .forward: return forward
    // The gradient of the weights, and that of the products' inputs, which are neither the constant's
    // nor that of trained n-grams.
    case .backward: return 2 * forward - 2 * 256 - 2 * features * gateWidth
    case .optimiser: return 0
    }
  }
}
