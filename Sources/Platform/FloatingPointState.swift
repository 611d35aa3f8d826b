// SPDX-License-Identifier: Apache-2.0

import CPlatform

/// How the calling thread's processor rounds, and what it does with subnormal numbers.
///
/// The state belongs to the program that calls: an audio host flushes subnormal numbers to zero, a
/// numerical one may round towards infinity. Archives are defined for one state alone.
package enum FloatingPointState {
  /// Runs `body` in the state that `docs/NUMERICS.md` asks for: rounding to nearest, ties to even,
  /// subnormal numbers as they are, no traps; then restores the caller's.
  @inlinable
  package static func withStandard<Result>(_ body: () throws -> Result) rethrows -> Result {
    let state = cplatform_floating_point_state()
    cplatform_set_standard_floating_point_state()
    defer { cplatform_set_floating_point_state(state) }
    return try body()
  }
}
