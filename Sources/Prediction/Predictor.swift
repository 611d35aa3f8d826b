// SPDX-License-Identifier: Apache-2.0

import Content
import Contexts
import LSTM

/// The probability of each bit of the content, one after the other: one object for both directions.
///
/// With a network alone its prediction is the result; with experts alone theirs is; with both the
/// experts' mixers take the networks' predictions as some more. `docs/NUMERICS.md`, section 5, defines
/// the arithmetic.
struct Predictor {
  private let layout: LaneLayout
  private let contexts: ContextModel
  private var groups: [ModelGroup]
  /// The number of the group that predicts.
  private var group: Int
  /// The parts that follow the present one, and where the first of them begins.
  private var partsLeft: ArraySlice<ContentPart>
  private var partEnd: Int
  /// Whole bytes that were taken in.
  private var byteCount = 0

  /// The probability that the next bit is 1 in units of 2^-32, from 1 to 2^32 - 1.
  private(set) var probability: UInt32 = 1 << 31

  /// Makes the models for a content, and predicts the first bit.
  ///
  /// - Parameters:
  ///   - threads: 1, or more for networks to learn in a thread of their own.
  ///   - expertParameters: What the experts start with, instead of what the settings say.
  /// - Throws: `ConfigurationError`, as the network does; `FormatError` if the trained model's experts are
  ///   of another version.
  init(_ settings: ContentSettings, threads: Int, expertParameters: [UInt16]? = nil) throws {
    layout = settings.layout
    let contexts = ContextModel(settings.contextConfiguration)
    self.contexts = contexts
    groups = try settings.groups.indices.map {
      try ModelGroup(
        settings.groups[$0], parts: settings.parts.of(group: $0), contexts: contexts,
        threads: threads, expertParameters: expertParameters)
    }
    group = settings.parts.first?.group ?? 0
    partsLeft = settings.parts.dropFirst()
    partEnd = settings.parts.first?.count ?? 0
    groups[group].startByte()
    probability = groups[group].probability()
  }

  /// What the experts of the first group have learned of the mixing.
  var expertParameters: [UInt16] { groups[0].experts?.trainedParameters ?? [] }

  /// Tells `observer` when a phase of the networks' work begins, and nil when it ends.
  func observe(_ observer: @escaping (NetworkPhase?) -> Void) {
    for group in groups { group.observe(observer) }
  }

  /// Takes in the next bit of the content, the highest bit of a byte first.
  mutating func update(bit: Bool) {
    contexts.partialByte.pointee.append(bit)
    if contexts.partialByte.pointee.isComplete {
      endByte(lastBit: bit)
    } else {
      groups[group].update(bit: bit)
    }
    probability = groups[group].probability()
  }

  /// Ends a byte for all models: contexts first, which the others read.
  private mutating func endByte(lastBit bit: Bool) {
    let byte = contexts.endByte()
    byteCount += 1
    groups[group].finishByte(bit: bit)
    contexts.advance()
    if let starts = layout.starts(after: byteCount) {
      contexts.moveLanes(to: starts)
      groups[group].contextsMoved()
    }
    groups[group].learn(byte)
    if byteCount == partEnd, let next = partsLeft.popFirst() { beginPart(next) }
    groups[group].startByte()
  }

  /// Begins a part: its group goes on from where it was, the history from the last byte.
  private mutating func beginPart(_ part: ContentPart) {
    partEnd += part.count
    group = part.group
    contexts.beginPart(part.description)
    groups[group].contextsMoved()
  }
}
