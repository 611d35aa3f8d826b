// SPDX-License-Identifier: Apache-2.0

import CMixing
import Contexts
import Platform

/// Of each context the byte that followed it last, how often in a row it did, and how likely it is after
/// such a run: from a byte's first bit on it is known that a whole byte is expected, which bit histories
/// do not say.
///
/// A bucket's byte 0 is the one that followed; the line's byte 6 + 2i the length of the run of bucket i, 0
/// for none. Where another context takes the bucket within a byte, it gets the run: the same in the decoder.
struct RunExperts {
  /// What the functions in C see.
  private let runs: UnsafeMutablePointer<cmixing_runs>

  /// Makes runs for `count` experts, `padded` with those beyond, that write to `inputs`.
  init(
    count: Int, padded: Int, inputs: UnsafeMutablePointer<Int16>,
    stretch: UnsafeMutablePointer<Int16>, arena: Arena
  ) {
    let classes = Int(CMIXING_RUN_CLASSES)
    let entries = arena.allocate(padded * classes * 2, repeating: AdaptiveProbability.initial)
    for i in 0..<padded * classes {
      let p = UInt32(1 &<< 22) / UInt32(i % classes + 2)
      // As if updated 3 times.
      entries[i * 2] = p &<< 10 | 3
      entries[i * 2 + 1] = ((1 &<< 22) - p) &<< 10 | 3
    }
    let nowhere: UnsafeMutablePointer<UInt8> = arena.allocate(64, repeating: 0)
    let buckets = arena.allocate(padded, repeating: nowhere)
    runs = arena.allocate(
      1,
      repeating: cmixing_runs(
        count: Int32(count),
        buckets: UnsafeMutableRawPointer(buckets).assumingMemoryBound(
          to: UnsafeMutablePointer<UInt8>?.self),
        expected: arena.allocate(padded, repeating: 0),
        classes: arena.allocate(padded, repeating: 0), entries: entries,
        indexes: arena.allocate(padded, repeating: -1), stretch: stretch, inputs: inputs))
  }

  /// Goes to the runs of a byte, whose first nibble's histories are `histories`.
  @inline(__always)
  func startByte(_ histories: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>>) {
    let buckets = UnsafeMutableRawPointer(histories).assumingMemoryBound(
      to: UnsafeMutablePointer<UInt8>?.self)
    cmixing_start_runs(runs, buckets)
  }

  /// Writes an input for each expert.
  @inline(__always)
  func predict(_ partial: PartialByte) {
    cmixing_predict_runs(
      runs, Int32(truncatingIfNeeded: partial.node), Int32(truncatingIfNeeded: partial.count))
  }

  @inline(__always)
  func update(bit: Int) { cmixing_learn_runs(runs, Int32(truncatingIfNeeded: bit)) }

  @inline(__always)
  func endByte(_ byte: Int) { cmixing_end_runs(runs, Int32(truncatingIfNeeded: byte)) }

  /// What five contexts expect, below 243: of each 0 for nothing, 1 for a byte that followed up to three
  /// times in a row, 2 for more.
  @inline(__always)
  var selector: Int {
    let runs = runs.pointee
    var result = 0
    @inline(__always) func add(_ i: Int) {
      result = result &* 3 &+ (runs.indexes[i] < 0 ? 0 : runs.classes[i] > 3 ? 2 : 1)
    }
    add(3)
    add(2)
    add(4)
    add(6)
    add(9)
    return result
  }
}
