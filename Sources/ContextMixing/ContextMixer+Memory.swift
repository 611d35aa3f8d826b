// SPDX-License-Identifier: Apache-2.0

import Contexts

extension ContextConfiguration {
  /// The base 2 logarithm of the bytes of the experts' bit histories.
  var slotTableBits: Int { min(26, sizeBits + 9) }

  /// Bytes of memory that a ``ContextMixer`` of this configuration takes at most, its contexts
  /// included.
  package var requiredBytes: Int {
    // The mixers' weights, the direct probabilities, the adaptive maps and the rest.
    let rest = 52 << 20
    return (1 << slotTableBits) + contextBytes + rest
  }
}
