import CMixing
import Content
import Contexts
import Platform

/// Predicts the bits of a sequence of bytes, the most significant first, by mixing the predictions
/// of many contexts.
///
/// For each bit call ``probability()``, code the bit, and call ``update(bit:)``; the same calls
/// serve the encoder and the decoder. All arithmetic is on integers, so that the predictions are
/// the same on every machine. (The architecture is that of Mahoney's PAQ: "Adaptive weighing of
/// context models for lossless data compression", 2005.)
package final class ContextMixer {
  private let arena = Arena()
  private let kernels: cmixing_kernels
  private let logistic: Logistic
  private let adaptive: AdaptiveProbability
  private let bitHistories: BitHistory
  let table: SlotTable
  /// The contexts, which the mixer keeps up to date.
  package let contextModel: ContextModel
  /// The lane whose byte is predicted.
  var lane: UnsafeMutablePointer<Lane>
  var longMatch: MatchModel
  var shortMatch: MatchModel
  /// A lane each, if the content is a bilevel image.
  let bilevel: UnsafeMutablePointer<BilevelContexts>
  /// What selects weights and does not change within a byte.
  var selectors = Selectors()

  /// What other models say, in memory of their own: each access to an array of an object is checked.
  let auxiliary: UnsafeMutableBufferPointer<AuxiliaryInput>
  let direct: DirectProbabilities
  let layer: MixerLayer
  let finalLayer: MixerLayer
  /// In memory of their own: each change of an object's structure is checked at run time.
  private let finalMaps: UnsafeMutablePointer<FinalMaps>

  let type: ContentType
  let contextCount: Int
  /// The numbers of the contexts in the order of their hashes.
  let numbers: UnsafeMutablePointer<Int>
  /// The contexts whose histories select weights, the first the word's or that of byte 2; and the last layer's.
  let selectingContexts: (first: Int, last: Int)
  /// Per number of contexts that were seen before a class in `0..<8`.
  let knownClasses: UnsafeMutablePointer<UInt8>
  /// Where the inputs begin that do not belong to a context.
  private let extraInputs: UnsafeMutablePointer<Int16>
  let contexts: UnsafeMutablePointer<cmixing_contexts>
  /// Per context the bit history at the predicted bit.
  let states: UnsafeMutablePointer<UInt8>
  let histories: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>>

  /// The bits of the byte so far behind a leading one, their number, and the same of the nibble.
  var byteNode = 1
  var bitPosition = 0
  var nibbleNode = 1
  /// Decides, the same in the decoder, which approximate counts go up.
  private var chance: UInt32 = 0
  private var byteCount = 0
  private var rate = 0
  private var isPredicted = false
  /// Whether the buckets of the predicted bit are still to be looked up.
  var isLookUpDue = false
  private var result: UInt32 = 1 << 31

  private static let ownMixers = 8
  /// Mixers and direct probabilities learn nothing from a bit whose opposite had a smaller probability
  /// than this, in units of 2^-32: it takes time, and makes archives larger rather than smaller.
  private static let certainty: UInt32 = 1 << 23

  /// Makes a predictor that has seen nothing.
  ///
  /// - Complexity: The memory is about 170 MB at most, and falls with the content's size to 2 MB.
  package convenience init(_ configuration: ContextConfiguration) {
    self.init(configuration, kernels: cmixing_selected_kernels().pointee)
  }

  /// Makes a predictor that computes with the given kernels.
  package init(_ configuration: ContextConfiguration, kernels: cmixing_kernels) {
    self.kernels = kernels
    logistic = Logistic(arena: arena)
    adaptive = AdaptiveProbability(arena: arena)
    bitHistories = BitHistory(arena: arena)
    let sizeBits = configuration.sizeBits
    table = SlotTable(
      lineCount: 1 << (min(26, sizeBits + 9) - 6), histories: bitHistories, arena: arena)
    type = configuration.type
    contextModel = ContextModel(configuration)
    lane = contextModel.lane
    longMatch = MatchModel(arena: arena)
    shortMatch = MatchModel(arena: arena)
    bilevel = .allocate(capacity: configuration.lanes)
    if type == .bilevel {
      bilevel.initialize(
        repeating: BilevelContexts(rowLength: configuration.recordLength, arena: arena),
        count: configuration.lanes)
    }
    let chosen =
      type == .bilevel
      ? Array(0..<BilevelContexts.count)
      : type.expertContexts(reduced: configuration.usesReducedContexts)
    contextCount = chosen.count
    numbers = arena.allocate(contextCount, repeating: 0)
    numbers.update(from: chosen, count: contextCount)
    selectingContexts = (
      chosen.firstIndex { $0 >= 9 } ?? 0, chosen.firstIndex { $0 >= 2 } ?? 0
    )
    knownClasses = arena.allocate(contextCount + 1, repeating: 7)
    for known in 0..<contextCount { knownClasses[known] = UInt8(known * 8 / contextCount) }
    auxiliary = .allocate(capacity: configuration.auxiliaryInputs)
    for index in auxiliary.indices {
      auxiliary.initializeElement(at: index, to: AuxiliaryInput(logistic: logistic, arena: arena))
    }

    let padded = (contextCount + 7) / 8 * 8
    let auxiliaryClasses = auxiliary.flatMap { _ in
      [256, AuxiliaryPrediction.confidenceClasses * 8]
    }
    let outputs = Self.ownMixers + auxiliaryClasses.count
    finalLayer = MixerLayer(
      inputCount: outputs + max(auxiliary.count, 1),
      selectorCounts: [256, 2048, 256] + auxiliaryClasses.suffix(1),
      weightBits: 14, initialWeight: Int16((1 << 14) / outputs), logistic: logistic,
      kernels: kernels, arena: arena)
    layer = MixerLayer(
      inputCount:
        padded * 2 + 5 + AuxiliaryInput.inputCount * max(auxiliary.count, 1)
        + DirectProbabilities.inputCount,
      selectorCounts: [256, 2048, 256, 256, 8 * 8 * 3, 2048, 2048, 256] + auxiliaryClasses,
      weightBits: 16, initialWeight: type == .text ? 3000 : 2200, outputs: finalLayer.inputs,
      logistic: logistic, kernels: kernels, arena: arena)
    finalMaps = arena.allocate(
      1, repeating: FinalMaps(sizeBits: sizeBits, logistic: logistic, arena: arena))
    direct = DirectProbabilities(sizeBits: sizeBits, arena: arena)

    extraInputs = layer.inputs + padded * 2
    histories = arena.allocate(padded, repeating: arena.allocate(64, repeating: 0))
    states = arena.allocate(padded, repeating: 0)
    contexts = arena.allocate(
      1,
      repeating: cmixing_contexts(
        count: Int32(contextCount), padded_count: Int32(padded),
        histories: UnsafeMutableRawPointer(histories).assumingMemoryBound(
          to: UnsafeMutablePointer<UInt8>?.self),
        entries: bitHistories.initialEntries(contextCount: padded, arena: arena),
        stretch: logistic.stretchTable, states: states,
        current: arena.allocate(padded, repeating: 0), inputs: layer.inputs))
    goToLane()
    setRate()
  }

  deinit {
    bilevel.deallocate()
    auxiliary.deallocate()
  }

  /// Moves the lanes to other parts of the content: see ``ContextModel/moveLanes(to:)``.
  package func moveLanes(to starts: [Int]) {
    contextModel.moveLanes(to: starts)
    for index in starts.indices {
      let lane = contextModel.lanes + index
      if type == .bilevel {
        bilevel[index].startByte(lane.pointee.hasher.history)
      } else {
        for i in 0..<contextCount { table.prefetch(lane.pointee.hashes[numbers[i]]) }
      }
    }
    goToLane()
  }

  /// The memory that the predictor takes, in bytes.
  package var allocatedBytes: Int { arena.allocatedBytes + contextModel.allocatedBytes }

  /// Tells what an auxiliary model of the configuration says of the next bit; before
  /// ``probability()``, for every bit.
  package func setAuxiliary(_ prediction: AuxiliaryPrediction, at index: Int = 0) {
    auxiliary[index].prediction = prediction
    isPredicted = false
  }

  /// The probability, in units of 2⁻³², that the next bit is one: from 2¹² to 2³² - 2¹².
  package func probability() -> UInt32 {
    if !isPredicted { predict() }
    return result
  }

  /// Learns the bit that was coded.
  ///
  /// - Parameter beforeLearning: Is called when the last bit of a byte has come and the contexts of the
  ///   lane's next byte are known, and has the time of the learning for what it asks of the memory.
  package func update(bit: Bool, beforeLearning: () -> Void = {}) {
    if !isPredicted { predict() }
    isPredicted = false
    let bit = bit ? 1 : 0
    longMatch.update(bit: bit, adaptive: adaptive)
    shortMatch.update(bit: bit, adaptive: adaptive)
    for index in auxiliary.indices { auxiliary[index].update(bit: bit) }
    byteNode = byteNode &<< 1 | bit
    bitPosition &+= 1
    // The memory is asked for what comes next before the learning, which takes about as long as
    // the memory does, and after it: for all at once a processor would have to wait. Buckets are looked
    // up even later, after what a network does between bytes.
    let half = contextCount / 2
    if bitPosition == 8 {
      startByte()
      beforeLearning()
      prefetchSlots(0..<half)
      learn(bit)
      prefetchSlots(half..<contextCount)
      contextModel.advance()
      goToLane()
    } else if bitPosition == 3 {
      prefetchSlots(0..<half, part: byteNode)
      finalMaps.pointee.startBit(byteNode: byteNode, bitPosition: bitPosition)
      learn(bit)
      prefetchSlots(half..<contextCount, part: byteNode)
      nibbleNode = nibbleNode &<< 1 | bit
    } else {
      if bitPosition == 4 { startSecondNibble() }
      finalMaps.pointee.startBit(byteNode: byteNode, bitPosition: bitPosition)
      learn(bit)
      nibbleNode = nibbleNode &<< 1 | bit
    }
  }

  @inline(__always)
  private func learn(_ bit: Int) {
    let next = bitHistories.next + Int(chance &>> 29) &* 512
    chance = chance &* 1_664_525 &+ 1_013_904_223
    kernels.learn_contexts(
      contexts, Int32(truncatingIfNeeded: nibbleNode), Int32(truncatingIfNeeded: bit), next, 255)
    if (bit == 1 ? ~result : result) >= Self.certainty {
      if type != .bilevel { direct.update(bit: bit, node: nibbleNode, adaptive: adaptive) }
      layer.update(bit: bit, rate: rate)
      finalLayer.update(bit: bit, rate: 80)
    }
    finalMaps.pointee.update(bit: bit)
  }

  @inline(__always)
  private func startByte() {
    let byte = UInt8(truncatingIfNeeded: byteNode)
    contextModel.append(byte)
    byteNode = 1
    bitPosition = 0
    byteCount &+= 1
    setRate()
    if type == .bilevel {
      bilevel[lane - contextModel.lanes].startByte(lane.pointee.hasher.history)
    } else {
      direct.prefetch(lane.pointee.hashes)
    }
  }

  /// The first layer learns fast at first, then ever more slowly.
  private func setRate() { rate = 160 + 10_000_000 / (byteCount &+ 10_000) }

  @inline(__always)
  private func startSecondNibble() {
    let lines = lane.pointee.matchLines(highNibble: UInt8(truncatingIfNeeded: byteNode & 15))
    direct.prefetch(lane.pointee.hashes, nibble: byteNode)
    cmixing_prefetch(lines.long)
    cmixing_prefetch(lines.short)
    finalMaps.pointee.startNibble(after: selectors.recent, firstNibble: firstNibble)
    isLookUpDue = true
  }

  /// Goes to the lane whose turn it is, at the start of a byte.
  @inline(__always)
  private func goToLane() {
    lane = contextModel.lane
    startSelectors()
    finalMaps.pointee.startNibble(after: selectors.recent, firstNibble: firstNibble)
    finalMaps.pointee.startBit(byteNode: byteNode, bitPosition: bitPosition)
    isLookUpDue = true
  }

  @inline(__always)
  private func predict() {
    if type == .bilevel { lookUpPixels() }
    selectKnownWeights()
    if type != .bilevel && isLookUpDue { lookUp() }
    longMatch.predict(
      extraInputs, node: byteNode, bitPosition: bitPosition, logistic: logistic)
    shortMatch.predict(
      extraInputs + 2, node: byteNode, bitPosition: bitPosition, logistic: logistic)
    // A constant, for what is likely in the selected context whatever the inputs say.
    extraInputs[4] = 1024
    for index in auxiliary.indices {
      auxiliary[index].predict(
        extraInputs + (5 + index * AuxiliaryInput.inputCount), logistic: logistic)
      finalLayer.inputs[layer.mixerCount + index] =
        extraInputs[5 + index * AuxiliaryInput.inputCount]
    }
    if type != .bilevel {
      direct.predict(
        extraInputs + (5 + AuxiliaryInput.inputCount * max(auxiliary.count, 1)), node: nibbleNode,
        logistic: logistic)
    }

    kernels.predict_contexts(contexts, Int32(truncatingIfNeeded: nibbleNode))
    selectWeightsByHistories()
    layer.mix()
    finalLayer.mix()
    var sum = 0
    for i in 0..<finalLayer.mixerCount { sum &+= Int(finalLayer.outputs[i]) }
    let output = auxiliary.isEmpty ? sum / 3 : sum &>> 2
    let refined = finalMaps.pointee.refine(output, logistic: logistic)
    result = UInt32(truncatingIfNeeded: max(1 << 12, min((1 << 32) - (1 << 12), refined)))
    isPredicted = true
  }

  /// The first four bits of the byte behind a leading 1, 0 while they are coming.
  @inline(__always)
  var firstNibble: Int { bitPosition < 4 ? 0 : byteNode &>> (bitPosition &- 4) }
}
