import Contexts
import Foundation
import LSTM

/// What a network is shown of a step of all lanes.
final class LaneBatch {
  /// The last byte of each lane, and the one that comes.
  let lastBytes: UnsafeMutablePointer<UInt8>
  let bytes: UnsafeMutablePointer<UInt8>
  /// The hashes of each lane's n-grams.
  let hashes: UnsafeMutablePointer<UInt64>

  init(lanes: Int) {
    lastBytes = .allocate(capacity: lanes)
    lastBytes.initialize(repeating: 0, count: lanes)
    bytes = .allocate(capacity: lanes)
    bytes.initialize(repeating: 0, count: lanes)
    hashes = .allocate(capacity: lanes * NgramHasher.contextCount)
    hashes.initialize(repeating: 0, count: lanes * NgramHasher.contextCount)
  }

  deinit {
    lastBytes.deallocate()
    bytes.deallocate()
    hashes.deallocate()
  }

  /// What a byte of the given probability costs, in bits; for reports only.
  func cost(of probability: Float) -> Double { -Foundation.log2(Double(max(probability, 1e-9))) }
}
