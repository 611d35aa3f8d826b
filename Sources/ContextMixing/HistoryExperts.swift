// SPDX-License-Identifier: Apache-2.0

import CMixing
import Content
import Contexts
import Platform

/// The experts: for each context the bit history at the predicted bit, and how likely a one is after it.
///
/// All variables are pointers or constant, so that copies share everything.
struct HistoryExperts {
  private let table: SlotTable
  /// A lane each, if the content is a bilevel image, whose experts see pixels instead of hashes.
  private let bilevel: UnsafeMutablePointer<BilevelContexts>?
  /// What followed last in each context, of the rich set.
  private let runs: RunExperts?
  /// The number of experts.
  let count: Int
  /// The experts' contexts by their numbers.
  private let numbers: UnsafeMutablePointer<Int>
  /// What the kernels see.
  private let contexts: UnsafeMutablePointer<cmixing_contexts>
  private let histories: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>>
  /// Per expert the bit history at the predicted bit, zeros beyond.
  let states: UnsafeMutablePointer<UInt8>
  /// Per history and expert the adaptive probability of a one.
  let entries: UnsafeMutablePointer<UInt32>
  private let kernels: cmixing_kernels

  /// The inputs that experts write: two each, of the rich set three, for their number rounded up to a
  /// multiple of 8.
  static func inputCount(_ configuration: ContextConfiguration) -> Int {
    padded(count(configuration)) * (configuration.expertSet == .rich ? 3 : 2)
  }

  private static func padded(_ count: Int) -> Int { (count + 7) / 8 * 8 }

  /// The number of experts for a content.
  static func count(_ configuration: ContextConfiguration) -> Int {
    configuration.type == .bilevel
      ? BilevelContexts.count
      : configuration.expertContexts.count
  }

  /// The first experts whose contexts select weights, of the first layer and of the last; of bilevel
  /// images two of the pixels' contexts.
  static func selecting(
    _ configuration: ContextConfiguration
  ) -> (first: Int, last: Int) {
    if configuration.type == .bilevel { return (9, 2) }
    let catalogue = ContextCatalogue.of(configuration.type)
    let numbers = configuration.expertContexts
    func first(_ role: ContextRoles) -> Int {
      numbers.firstIndex { catalogue.contexts[$0].roles.contains(role) } ?? 0
    }
    return (first(.selects), first(.selectsLast))
  }

  /// Makes experts that write to `inputs`.
  init(
    _ configuration: ContextConfiguration, histories bitHistories: BitHistory,
    inputs: UnsafeMutablePointer<Int16>, logistic: Logistic, kernels: cmixing_kernels,
    arena: Arena
  ) {
    self.kernels = kernels
    table = SlotTable(
      lineCount: 1 << (configuration.slotTableBits - 6), histories: bitHistories, arena: arena)
    count = Self.count(configuration)
    let padded = Self.padded(count)
    numbers = arena.allocate(count, repeating: 0)
    if configuration.type == .bilevel {
      bilevel = arena.allocate(
        configuration.lanes,
        repeating: BilevelContexts(rowLength: configuration.recordLength, arena: arena))
    } else {
      bilevel = nil
      let chosen = configuration.expertContexts
      numbers.update(from: chosen, count: count)
    }
    histories = arena.allocate(padded, repeating: arena.allocate(64, repeating: 0))
    states = arena.allocate(padded, repeating: 0)
    entries = bitHistories.initialEntries(contextCount: padded, arena: arena)
    contexts = arena.allocate(
      1,
      repeating: cmixing_contexts(
        count: Int32(count), padded_count: Int32(padded),
        histories: UnsafeMutableRawPointer(histories).assumingMemoryBound(
          to: UnsafeMutablePointer<UInt8>?.self),
        entries: entries, stretch: logistic.stretchTable, states: states,
        current: arena.allocate(padded, repeating: 0), inputs: inputs))
    runs =
      configuration.expertSet == .rich && configuration.type != .bilevel
      ? RunExperts(
        count: count, padded: padded, inputs: inputs + 2 * padded, stretch: logistic.stretchTable,
        arena: arena)
      : nil
  }

  /// Asks the memory for the first or second half of the experts' buckets: of a byte's first nibble, or
  /// of the second one when three bits of the first, `part` behind a leading one, are known.
  @inline(__always)
  func prefetch(_ half: Half, _ lane: UnsafeMutablePointer<Lane>, part: Int = 0) {
    guard bilevel == nil else { return }
    let (table, numbers, hashes) = (table, numbers, lane.pointee.hashes)
    for i in half == .first ? 0..<count / 2 : count / 2..<count {
      table.prefetch(hashes[numbers[i]], part: part)
    }
  }

  /// A half of the experts: for all at once the processor would have to wait.
  enum Half {
    case first
    case second
  }

  /// Goes to the buckets of a nibble: `nibble` is the first one behind a leading one, 0 at its start.
  @inline(__always)
  func lookUp(_ lane: UnsafeMutablePointer<Lane>, nibble: Int) {
    let (table, numbers, hashes, histories) = (table, numbers, lane.pointee.hashes, histories)
    for i in 0..<count { histories[i] = table.bucket(hashes[numbers[i]], nibble: nibble) }
    if nibble == 0 { runs?.startByte(histories) }
  }

  /// Looks at the rows above the byte that comes next in a bilevel image's lane.
  func startPixels(_ lane: UnsafeMutablePointer<Lane>, index: Int) {
    bilevel?[index].startByte(lane.pointee.variables.history)
  }

  /// Goes to the histories of the pixels around the predicted one.
  ///
  /// - Returns: The pixels near it, for selecting weights.
  @inline(__always)
  func lookUpPixels(
    _ lane: UnsafeMutablePointer<Lane>, index: Int, _ partial: PartialByte
  ) -> Int {
    guard let bilevel else { return 0 }
    bilevel[index].select(
      histories, recent: lane.pointee.variables.recent, byteNode: partial.node,
      bitPosition: partial.count, column: lane.pointee.variables.recordColumn)
    return bilevel[index].neighbourhood
  }

  /// Writes the inputs of the mixers; `node` is that of the nibble's bits.
  @inline(__always)
  func predict(node: Int, _ partial: PartialByte) {
    kernels.predict_contexts(contexts, Int32(truncatingIfNeeded: node))
    runs?.predict(partial)
  }

  /// Takes in a byte all of whose bits were learned.
  @inline(__always)
  func endByte(_ byte: Int) { runs?.endByte(byte) }

  /// Learns the bit at the node that was predicted; `next` is where histories go by the bit.
  @inline(__always)
  func update(bit: Int, node: Int, next: UnsafePointer<UInt8>) {
    kernels.learn_contexts(
      contexts, Int32(truncatingIfNeeded: node), Int32(truncatingIfNeeded: bit), next, 255)
    runs?.update(bit: bit)
  }

  /// What the runs of five contexts say: see ``RunExperts/selector``.
  @inline(__always)
  var runSelector: Int { runs?.selector ?? 0 }

  /// The number of experts whose context was seen before; history 0 is that of a new one.
  @inline(__always)
  var knownCount: Int {
    var known = 0
    for first in stride(from: 0, to: count, by: 8) {
      let states = UnsafeRawPointer(states + first).loadUnaligned(as: UInt64.self)
      let low = states & 0x7F7F_7F7F_7F7F_7F7F
      let isKnown = (low &+ 0x7F7F_7F7F_7F7F_7F7F | states) & 0x8080_8080_8080_8080
      known &+= isKnown.nonzeroBitCount
    }
    return known
  }
}
