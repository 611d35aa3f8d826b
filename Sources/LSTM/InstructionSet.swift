// SPDX-License-Identifier: Apache-2.0

import CKernels

/// The instructions that networks compute with: a choice for the whole process.
///
/// Archives never depend on it.
package enum InstructionSet {
  /// Selects a set by its name for all networks that are made from then on; the best one of this
  /// processor for an empty name.
  ///
  /// - Throws: ``KernelError`` if the set is unknown or this processor lacks it.
  package static func select(_ name: String) throws(KernelError) {
    lstmzip_kernels_select(try Kernels.named(name).table)
  }

  /// The name of the set in use: "portable", "avx2", "avx512" or "neon".
  package static var name: String { Kernels.selected.name }

  /// Keeps one core at its peak of fused multiply-adds for `rounds` rounds.
  ///
  /// - Returns: The floating-point operations that it did, two for a multiply-add.
  package static func runAtPeak(rounds: Int) -> Int { Kernels.selected.runAtPeak(rounds: rounds) }
}

/// An instruction set that is unknown, or that this processor lacks.
package struct KernelError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The name that was asked for.
  package let name: String

  /// What is wrong, with the names of the sets that there are.
  package var description: String {
    let available = String(cString: lstmzip_kernels_available())
    return "no instruction set \"\(name)\" on this processor; it has: \(available)"
  }
}
