// SPDX-License-Identifier: Apache-2.0

import CMixing

/// The instructions that experts and mixers compute with: a choice for the whole process.
///
/// Archives never depend on it.
package enum MixingKernels {
  /// Selects plain C, or again the fastest instructions, for all mixers that are made from then on.
  package static func select(portable: Bool) { cmixing_select_portable(portable) }
}
