// SPDX-License-Identifier: Apache-2.0

extension ContextConfiguration {
  /// Bytes of memory that a ``ContextModel`` of this configuration takes at most.
  package var contextBytes: Int {
    let history = 1 << historyBits
    let positions = 2 * 4 * (1 << min(sizeBits, 20))
    let followers = 4 * 256 + 2 * 2 * (1 << 16)
    let hashes = lanes * 8 * mostContexts
    // What is left is the current byte and alignment.
    return history + positions + followers + hashes + NumericProgression.bytes * 3
      + BranchTargets.bytes + 4096
  }
}
