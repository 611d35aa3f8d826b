// SPDX-License-Identifier: Apache-2.0

/// A point between speed and size.
public enum Level: Int, Hashable, Sendable, CaseIterable {
  /// Context-mixing experts alone.
  case fast = 1
  /// The experts and a network of 96 cells: the level unless another one is chosen.
  case standard = 2
  /// The experts and a network of two layers of 192 cells.
  case medium = 3
  /// The experts, the networks of all other levels, and an untrained one.
  case best = 4
}
