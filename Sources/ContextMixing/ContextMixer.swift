// SPDX-License-Identifier: Apache-2.0

import CMixing
import Content
import Contexts
import Platform

/// Predicts the bits of a sequence of bytes, the most significant first, by mixing the predictions
/// of many contexts.
///
/// The architecture is that of Mahoney's PAQ ("Adaptive weighing of context models for lossless data
/// compression", 2005). All arithmetic is on integers, so that the predictions are the same on every
/// machine.
///
/// For each bit ask for ``probability()``, code the bit, tell it to the ``ContextModel``, and then call
/// ``update(bit:)``, or after a byte's last bit ``finishByte(bit:)`` and, when the model has gone on to
/// the next byte, ``startByte()``. The same calls serve the encoder and the decoder.
package final class ContextMixer {
  private let arena = Arena()
  private let type: ContentType
  private let set: ExpertSet
  private let logistic: Logistic
  private let adaptive: AdaptiveProbability
  private let bitHistories: BitHistory
  private let contextModel: ContextModel
  /// The lane whose byte is predicted, and what is known of that byte.
  private var lane: UnsafeMutablePointer<Lane>
  private let partialByte: UnsafeMutablePointer<PartialByte>

  let experts: HistoryExperts
  private let direct: DirectProbabilities
  /// What changes with each bit has memory of its own, here and below: each change of an object's
  /// structure, and each access to its array, would be checked at run time.
  let longMatch: UnsafeMutablePointer<MatchModel>
  let shortMatch: UnsafeMutablePointer<MatchModel>
  let auxiliary: UnsafeMutableBufferPointer<AuxiliaryInput>
  let firstLayer: MixerLayer
  let lastLayer: MixerLayer
  private let finalMaps: UnsafeMutablePointer<FinalMaps>
  private let selectors: UnsafeMutablePointer<MixerSelectors>
  /// The experts whose histories select weights of each layer.
  private let selectingExperts: (first: Int, last: Int)
  /// Per number of contexts that were seen before a class in `0..<8`.
  private let knownClasses: UnsafeMutablePointer<UInt8>
  /// Where the first layer's inputs begin that do not belong to an expert.
  private let extraInputs: UnsafeMutablePointer<Int16>

  /// The node of the nibble's bits at which experts were asked.
  private var node = 1
  /// Decides, the same in the decoder, which approximate counts go up.
  private var chance: UInt32 = 0
  private var byteCount = 0
  private var rate = 0
  /// Whether the buckets of the predicted bit are still to be looked up.
  private var isLookUpDue = false
  private var result: UInt32 = 1 << 31

  /// Mixers and direct probabilities learn nothing from a bit whose opposite had a smaller probability
  /// than this, in units of 2^-32: it takes time, and makes archives larger rather than smaller.
  private static let certainty: UInt32 = 1 << 23

  /// Makes a predictor that has seen nothing, for the contexts of `contextModel`.
  ///
  /// - Complexity: The memory is about 170 MB at most, and falls with the content's size to 2 MB.
  ///
  /// - Parameter configuration: That of the parts for which it predicts; nil for that of all.
  package convenience init(
    _ contextModel: ContextModel, configuration: ContextConfiguration? = nil
  ) {
    self.init(
      contextModel, configuration: configuration, kernels: cmixing_selected_kernels().pointee)
  }

  /// Makes a predictor that computes with the given kernels.
  package init(
    _ contextModel: ContextModel, configuration: ContextConfiguration? = nil,
    kernels: cmixing_kernels
  ) {
    let configuration = configuration ?? contextModel.configuration
    self.contextModel = contextModel
    type = configuration.type
    set = configuration.expertSet
    lane = contextModel.lane
    partialByte = contextModel.partialByte
    logistic = Logistic(arena: arena)
    adaptive = AdaptiveProbability(arena: arena)
    bitHistories = BitHistory(arena: arena)
    longMatch = arena.allocate(1, repeating: MatchModel(arena: arena))
    shortMatch = arena.allocate(1, repeating: MatchModel(arena: arena))
    selectors = arena.allocate(1, repeating: MixerSelectors())
    direct = DirectProbabilities(sizeBits: configuration.sizeBits, arena: arena)
    finalMaps = arena.allocate(
      1,
      repeating: FinalMaps(sizeBits: configuration.sizeBits, logistic: logistic, arena: arena))
    auxiliary = .allocate(capacity: configuration.auxiliaryInputs)
    for index in auxiliary.indices {
      auxiliary.initializeElement(at: index, to: AuxiliaryInput(logistic: logistic, arena: arena))
    }

    var counts = SelectorCounts()
    MixerSelectors().declare(type, set, auxiliary: auxiliary, to: &counts)
    lastLayer = MixerLayer(
      inputCount: counts.first.count + max(auxiliary.count, 1), selectorCounts: counts.last,
      weightBits: 14, initialWeight: Int16((1 << 14) / counts.first.count), logistic: logistic,
      kernels: kernels, arena: arena)
    let expertInputs = HistoryExperts.inputCount(configuration)
    firstLayer = MixerLayer(
      inputCount:
        expertInputs + 2 * MatchModel.inputCount + 1
        + AuxiliaryInput.inputCount * max(auxiliary.count, 1) + DirectProbabilities.inputCount,
      selectorCounts: counts.first, weightBits: 16, initialWeight: set.initialWeight(type),
      outputs: lastLayer.inputs, logistic: logistic, kernels: kernels, arena: arena)
    extraInputs = firstLayer.inputs + expertInputs
    experts = HistoryExperts(
      configuration, histories: bitHistories, inputs: firstLayer.inputs, logistic: logistic,
      kernels: kernels, arena: arena)
    selectingExperts = HistoryExperts.selecting(configuration)
    knownClasses = arena.allocate(experts.count + 1, repeating: 7)
    for known in 0..<experts.count { knownClasses[known] = UInt8(known * 8 / experts.count) }
    startByte()
    setRate()
  }

  deinit {
    auxiliary.deallocate()
  }

  /// The memory that the predictor takes, in bytes, the contexts' included.
  package var allocatedBytes: Int { arena.allocatedBytes + contextModel.allocatedBytes }

  /// Tells what a network of the configuration says of the next bit: before each bit's
  /// ``probability()``.
  package func setAuxiliary(_ prediction: AuxiliaryPrediction, at index: Int = 0) {
    auxiliary[index].prediction = prediction
  }

  /// The probability, in units of 2⁻³², that the next bit is one: from 2¹² to 2³² - 2¹².
  ///
  /// To be called once a bit.
  package func probability() -> UInt32 {
    let experts = experts
    selectors.pointee.partial = partialByte.pointee
    if type == .bilevel {
      selectors.pointee.neighbourhood = experts.lookUpPixels(
        lane, index: lane - contextModel.lanes, partialByte.pointee)
    }
    select(.beforeLookUp)
    if type != .bilevel && isLookUpDue { lookUp() }
    predictInputs()
    selectors.pointee.firstHistory = Int(experts.states[selectingExperts.first])
    selectors.pointee.lastHistory = Int(experts.states[selectingExperts.last])
    selectors.pointee.knownClass = Int(knownClasses[experts.knownCount])
    selectors.pointee.expectedBit = expectedBit
    if set == .rich {
      let match = longMatch.pointee.isActive ? longMatch : shortMatch
      selectors.pointee.take(match.pointee, runs: experts.runSelector)
    }
    select(.afterLookUp)
    firstLayer.mix()
    lastLayer.mix()
    var sum = 0
    for i in 0..<lastLayer.mixerCount { sum &+= Int(lastLayer.outputs[i]) }
    let output = auxiliary.isEmpty ? sum / 3 : sum &>> 2
    let refined = finalMaps.pointee.refine(output, logistic: logistic)
    result = UInt32(truncatingIfNeeded: max(1 << 12, min((1 << 32) - (1 << 12), refined)))
    return result
  }

  /// Writes the first layer's inputs, and those of the last that come from elsewhere.
  @inline(__always)
  private func predictInputs() {
    let partial = partialByte.pointee
    longMatch.pointee.predict(extraInputs, partial, logistic: logistic)
    shortMatch.pointee.predict(extraInputs + MatchModel.inputCount, partial, logistic: logistic)
    var next = extraInputs + 2 * MatchModel.inputCount
    // A constant, for what is likely in the selected context whatever the inputs say.
    next[0] = 1024
    next += 1
    for index in auxiliary.indices {
      auxiliary[index].predict(next, logistic: logistic)
      lastLayer.inputs[firstLayer.mixerCount + index] = next[0]
      next += AuxiliaryInput.inputCount
    }
    if auxiliary.isEmpty { next += AuxiliaryInput.inputCount }
    node = type == .bilevel ? 0 : partial.nibbleNode
    if type != .bilevel { direct.predict(next, node: node, logistic: logistic) }
    experts.predict(node: node, partial)
  }

  @inline(__always)
  private func select(_ phase: SelectorPhase) {
    var selection = WeightSelection(phase, firstLayer: firstLayer, lastLayer: lastLayer)
    selectors.pointee.declare(type, set, auxiliary: auxiliary, to: &selection)
  }

  /// 1 plus the bit that the longer match expects, or 0 without one.
  @inline(__always)
  private var expectedBit: Int {
    let match = longMatch.pointee.isActive ? longMatch : shortMatch
    let expected = match.pointee.expected
    return expected > 0 ? 1 &+ expected &>> (7 &- partialByte.pointee.count) & 1 : 0
  }

  @inline(__always)
  private func lookUp() {
    isLookUpDue = false
    let nibble = partialByte.pointee.firstNibble
    experts.lookUp(lane, nibble: nibble)
    direct.lookUp(lane.pointee.hashes, nibble: nibble)
  }

  /// Learns a bit that was coded, which the context model knows; not a byte's last one.
  package func update(bit: Bool) {
    let bit = bit ? 1 : 0
    learnInputs(bit)
    // The memory is asked for what comes next before the learning, which takes about as long as
    // the memory does, and after it: for all at once a processor would have to wait. Buckets are looked
    // up even later, after what a network does between bytes.
    let partial = partialByte.pointee
    if partial.count == 3 { experts.prefetch(.first, lane, part: partial.node) }
    if partial.count == 4 { startSecondNibble(partial) }
    finalMaps.pointee.startBit(partial)
    learn(bit)
    if partial.count == 3 { experts.prefetch(.second, lane, part: partial.node) }
  }

  /// Learns the last bit of a byte that the context model has taken in.
  package func finishByte(bit: Bool) {
    let bit = bit ? 1 : 0
    learnInputs(bit)
    byteCount &+= 1
    setRate()
    if type == .bilevel {
      experts.startPixels(lane, index: lane - contextModel.lanes)
    } else {
      direct.prefetch(lane.pointee.hashes)
    }
    experts.prefetch(.first, lane)
    learn(bit)
    experts.endByte(Int(lane.pointee.variables.recent & 255))
    experts.prefetch(.second, lane)
  }

  /// Goes to the lane whose byte comes next.
  package func startByte() {
    lane = contextModel.lane
    longMatch.pointee.startByte(lane.pointee.longMatch)
    shortMatch.pointee.startByte(lane.pointee.shortMatch)
    selectors.pointee.startByte(lane.pointee.variables)
    finalMaps.pointee.startNibble(after: lane.pointee.variables.recent, firstNibble: 0)
    finalMaps.pointee.startBit(PartialByte())
    isLookUpDue = true
  }

  /// Takes note that the context model has moved its lanes, or begun a part; before ``startByte()``.
  package func lanesMoved() {
    for index in 0..<contextModel.laneCount {
      let lane = contextModel.lanes + index
      experts.startPixels(lane, index: index)
      experts.prefetch(.first, lane)
      experts.prefetch(.second, lane)
    }
  }

  @inline(__always)
  private func learnInputs(_ bit: Int) {
    longMatch.pointee.update(bit: bit, adaptive: adaptive)
    shortMatch.pointee.update(bit: bit, adaptive: adaptive)
    for index in auxiliary.indices { auxiliary[index].update(bit: bit) }
  }

  @inline(__always)
  private func learn(_ bit: Int) {
    let next = bitHistories.next + Int(chance &>> 29) &* 512
    chance = chance &* 1_664_525 &+ 1_013_904_223
    experts.update(bit: bit, node: node, next: next)
    if (bit == 1 ? ~result : result) >= Self.certainty {
      if type != .bilevel { direct.update(bit: bit, node: node, adaptive: adaptive) }
      firstLayer.update(bit: bit, rate: rate)
      lastLayer.update(bit: bit, rate: 80)
    }
    finalMaps.pointee.update(bit: bit)
  }

  /// The first layer learns fast at first, then ever more slowly.
  private func setRate() { rate = 160 + 10_000_000 / (byteCount &+ 10_000) }

  @inline(__always)
  private func startSecondNibble(_ partial: PartialByte) {
    let lines = lane.pointee.matchLines(highNibble: UInt8(truncatingIfNeeded: partial.node & 15))
    direct.prefetch(lane.pointee.hashes, nibble: partial.node)
    cmixing_prefetch(lines.long)
    cmixing_prefetch(lines.short)
    finalMaps.pointee.startNibble(
      after: lane.pointee.variables.recent, firstNibble: partial.firstNibble)
    isLookUpDue = true
  }
}
