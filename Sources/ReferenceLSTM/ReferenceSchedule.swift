// SPDX-License-Identifier: Apache-2.0

/// How windows and rates change with time: `docs/NUMERICS.md`, section 3, "Windows" and "The new
/// values".
struct ReferenceSchedule {
  /// Steps of the window that is being filled.
  private(set) var window = 4
  /// Windows that have ended: t.
  private var updates = 0
  /// The b of k's formula, 0 in a trained network.
  private var beta2Power: Float = 1
  /// The constant c of the windows' growth.
  private var growth = 20

  mutating func startTrained() { (beta2Power, growth) = (0, 5) }

  mutating func split(longest: Int) { window = longest }

  mutating func beginUpdate() {
    updates += 1
    beta2Power *= 0.9999
  }

  /// The rate of this update, from a configured one in units of 2^-16.
  func rate(_ configured: Int) -> Float {
    Float(configured) / 65536 / (1 + 1e-4 * Float(updates)).squareRoot()
  }

  /// k: second moments that started from zero are as much too small.
  var correction: Float { 1 / (1 - beta2Power).squareRoot() }

  mutating func endWindow(bytes: Int, longest: Int) {
    while window < longest {
      let root = growth * (window + 1 - 4)
      guard bytes >= root * root else { break }
      window += 1
    }
  }
}
