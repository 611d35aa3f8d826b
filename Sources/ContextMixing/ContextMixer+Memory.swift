// SPDX-License-Identifier: Apache-2.0

import Contexts

extension ContextConfiguration {
  /// The base 2 logarithm of the bytes of the experts' bit histories.
  var slotTableBits: Int { min(26, sizeBits + (expertSet == .rich ? 10 : 9)) }

  /// Bytes of memory that a ``ContextMixer`` of this configuration takes at most, without its contexts.
  package var mixerBytes: Int {
    // The mixers' weights, the direct probabilities, the adaptive maps and the rest.
    let rest = 10 << 20 + min(42 << 20, 1 << (sizeBits + 10))
    return (1 << slotTableBits) + rest
  }
}
