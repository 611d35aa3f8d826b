// SPDX-License-Identifier: Apache-2.0

import Contexts
import LSTM
import Platform

/// What a network is shown of a step of all lanes.
final class LaneBatch {
  /// The last byte of each lane, and the one that comes.
  var lastBytes: [UInt8]
  var bytes: [UInt8]
  /// The hashes of each lane's n-grams, lane by lane.
  private(set) var hashes: [UInt64]

  init(lanes: Int) {
    lastBytes = [UInt8](repeating: 0, count: lanes)
    bytes = lastBytes
    hashes = [UInt64](repeating: 0, count: lanes * NgramHasher.contextCount)
  }

  /// Writes the hashes of a lane.
  func fill(lane: Int, from hasher: NgramHasher) {
    hashes.withUnsafeMutableBufferPointer { hashes in
      hasher.fill(
        UnsafeMutableBufferPointer(rebasing: hashes[(lane * NgramHasher.contextCount)...]))
    }
  }

  /// What a byte of the given probability costs, in bits; for reports only.
  func cost(of probability: Float) -> Double { -log2(Double(max(probability, 1e-9))) }
}
