// SPDX-License-Identifier: Apache-2.0

/// The tables of searches, for one after another: 4 bytes for each hash value and for each of 32768
/// places.
final class SearchMemory {
  static let heads = 1 << 17
  static let places = 32768
  /// All -1 whenever no search uses the memory.
  let heads: UnsafeMutablePointer<Int32>
  let chains: UnsafeMutablePointer<Int32>
  /// The last place of each hash value of three bytes; never cleared: a place that is not one of the
  /// content's before the present one, or has other bytes, is none.
  let triples: UnsafeMutablePointer<Int32>
  static let tripleBits = 15

  init() {
    heads = .allocate(capacity: SearchMemory.heads)
    heads.initialize(repeating: -1, count: SearchMemory.heads)
    triples = .allocate(capacity: 1 << SearchMemory.tripleBits)
    triples.initialize(repeating: -1, count: 1 << SearchMemory.tripleBits)
    chains = .allocate(capacity: SearchMemory.places)
    chains.initialize(repeating: -1, count: SearchMemory.places)
  }

  deinit {
    heads.deallocate()
    triples.deallocate()
    chains.deallocate()
  }
}
