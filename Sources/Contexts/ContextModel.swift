// SPDX-License-Identifier: Apache-2.0

import Content
import Platform

/// The contexts of the next byte: what the bytes so far say of where the content is.
///
/// A context is a hash of some of those bytes, or of what they amount to: the word that is being
/// written, the byte above, the byte that followed the last time. Whoever predicts keeps what it
/// learns by these hashes: the experts their bit histories, a network its embedding rows. They are
/// computed once a byte, in integers that wrap.
package final class ContextModel {
  /// What is known of the content.
  package let configuration: ContextConfiguration
  /// The lanes of the content: the parts whose bytes take turns.
  package let lanes: UnsafeMutablePointer<Lane>
  /// The lane whose byte comes next, and the number of lanes; in memory of their own, because each
  /// access to a variable of an object of another module is checked at run time.
  private let turn: UnsafeMutablePointer<Turn>
  /// What is known of that byte; for the same reason in memory of its own.
  package let partialByte: UnsafeMutablePointer<PartialByte>

  private struct Turn {
    var lane: UnsafeMutablePointer<Lane>
    var laneCount: Int
  }

  private let arena = Arena()

  /// Makes a model that has seen nothing.
  package init(_ configuration: ContextConfiguration) {
    self.configuration = configuration
    let contextCount = configuration.mostContexts
    lanes = .allocate(capacity: configuration.lanes)
    turn = .allocate(capacity: 1)
    turn.initialize(to: Turn(lane: lanes, laneCount: 1))
    partialByte = arena.allocate(1, repeating: PartialByte())
    lanes.initialize(
      to: Lane(
        variables: ContextVariables(
          configuration: configuration, historyCapacity: 1 << configuration.historyBits,
          arena: arena),
        tableSize: 1 << min(configuration.sizeBits, 20),
        hashes: arena.allocate(contextCount * configuration.lanes, repeating: 0), arena: arena))
  }

  deinit {
    lanes.deinitialize(count: laneCount)
    lanes.deallocate()
    turn.deallocate()
  }

  /// Number of lanes; at first 1.
  package var laneCount: Int { turn.pointee.laneCount }

  /// The lane whose byte comes next.
  package var lane: UnsafeMutablePointer<Lane> { turn.pointee.lane }

  /// The hashes of a lane's contexts, at the start of a byte: first those of the present content type.
  package func hashes(lane: Int) -> UnsafeBufferPointer<UInt64> {
    UnsafeBufferPointer(start: lanes[lane].hashes, count: configuration.mostContexts)
  }

  /// Writes the hashes of a lane's n-grams to the first ``NgramHasher/contextCount`` of `hashes`.
  package func fillNgramHashes(lane: Int, _ hashes: UnsafeMutableBufferPointer<UInt64>) {
    lanes[lane].fillNgramHashes(hashes)
  }

  /// The last byte of a lane; 0 at its start.
  package func lastByte(lane: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: lanes[lane].variables.recent)
  }

  /// Takes in the byte of the lane whose turn it is, all of whose bits are known, and begins another.
  ///
  /// - Returns: The byte.
  @discardableResult
  package func endByte() -> UInt8 {
    let byte = UInt8(truncatingIfNeeded: partialByte.pointee.node)
    turn.pointee.lane.pointee.append(byte)
    partialByte.pointee = PartialByte()
    return byte
  }

  /// Gives the turn to the next lane.
  package func advance() {
    turn.pointee.lane += 1
    if turn.pointee.lane == lanes + turn.pointee.laneCount { turn.pointee.lane = lanes }
  }

  /// Begins a part of the content, of one of the configuration's types, at the start of a byte; there must
  /// be one lane.
  package func beginPart(_ description: ContentDescription) {
    precondition(laneCount == 1, "parts do not go with lanes")
    lanes.pointee.beginPart(description, arena: arena)
  }

  /// Moves the lanes to other places of the content; their number may change the first time.
  ///
  /// - Parameter starts: Where each lane begins, no more than the configuration's lanes. The first
  ///   one must be where the last lane has come to: it goes on with what that one knows.
  package func moveLanes(to starts: [Int]) {
    precondition(starts.count <= configuration.lanes, "more lanes than there is memory for")
    let hashes = lanes.pointee.hashes
    let last = lanes[laneCount - 1]
    for (index, start) in starts.enumerated() {
      (lanes + index).initialize(to: last)
      lanes[index].hashes = hashes + index * configuration.mostContexts
      if index == 0 { lanes[index].fillHashes() } else { lanes[index].restart(at: start) }
    }
    turn.pointee = Turn(lane: lanes, laneCount: starts.count)
  }

  /// The memory that the model takes, in bytes.
  package var allocatedBytes: Int { arena.allocatedBytes }
}
