// SPDX-License-Identifier: Apache-2.0

import ContextMixing
import LSTM

/// The instructions that this process computes with.
///
/// Archives never depend on them.
public enum Instructions {
  /// Selects a set for all that is compressed or restored from then on: "portable", "avx2", "avx512" or
  /// "neon"; an empty name selects the best one of this processor, as it is without a choice.
  ///
  /// - Throws: ``CompressionError`` with the code `unsupportedProcessor` if there is no such set here.
  public static func select(_ name: String) throws(CompressionError) {
    try CompressionError.translating { () throws(KernelError) in try InstructionSet.select(name) }
    MixingKernels.select(portable: name == "portable")
  }

  /// The name of the set in use.
  public static var name: String { InstructionSet.name }
}
