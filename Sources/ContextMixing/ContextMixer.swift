import CMixing
import Contexts

/// Predicts the bits of a sequence of bytes, the most significant first, by mixing the predictions
/// of many contexts.
///
/// For each bit call ``probability()``, code the bit, and call ``update(bit:)``; the same calls
/// serve the encoder and the decoder. All arithmetic is on integers, so that the predictions are
/// the same on every machine. (The architecture is that of Mahoney's PAQ: "Adaptive weighing of
/// context models for lossless data compression", 2005.)
public final class ContextMixer {
  private let arena = Arena()
  private let kernels: cmixing_kernels
  private let logistic: Logistic
  private let adaptive: AdaptiveProbability
  private let bitHistories: BitHistory
  private let table: SlotTable
  /// The contexts, which the mixer keeps up to date.
  public let contextModel: ContextModel
  /// The lane whose byte is predicted.
  private var lane: UnsafeMutablePointer<Lane>
  private(set) var longMatch: MatchModel
  private(set) var shortMatch: MatchModel
  /// A lane each, if the content is a bilevel image.
  private let bilevel: UnsafeMutablePointer<BilevelContexts>
  /// What selects weights and does not change within a byte.
  private var selectors = Selectors()

  private struct Selectors {
    var recent: UInt64 = 0
    var last = 0
    var second = 0
    var third = 0
    /// The column in the line or record.
    var column = 0
    /// The classes of the last two characters, or the byte above.
    var surroundings = 0
  }

  /// What other models say, in memory of their own: each access to an array of an object is checked.
  let outside: UnsafeMutableBufferPointer<OutsideModel>
  private let direct: DirectProbabilities
  let layer: MixerLayer
  let finalLayer: MixerLayer
  /// Correct the final probability in the last two bytes, and in the last one.
  private var pairMap: AdaptiveMap
  private var byteMap: AdaptiveMap

  private let kind: Configuration.Kind
  let contextCount: Int
  /// Where the inputs begin that do not belong to a context.
  private let extraInputs: UnsafeMutablePointer<Int16>
  let contexts: UnsafeMutablePointer<cmixing_contexts>
  /// Per context the bit history at the predicted bit.
  private let states: UnsafeMutablePointer<UInt8>
  private let histories: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>>

  /// The bits of the byte so far behind a leading one, their number, and the same of the nibble.
  private var byteNode = 1
  private var bitPosition = 0
  private var nibbleNode = 1
  /// Decides, the same in the decoder, which approximate counts go up.
  private var chance: UInt32 = 0
  private var byteCount = 0
  private var rate = 0
  private var isPredicted = false
  private var result: UInt32 = 1 << 31

  private static let ownMixers = 8

  /// Makes a predictor that has seen nothing.
  ///
  /// - Complexity: The memory is about 170 MB at most, and falls with the content's size to 2 MB.
  public convenience init(_ configuration: Configuration) {
    self.init(configuration, kernels: cmixing_selected_kernels().pointee)
  }

  /// Makes a predictor that computes with the given kernels.
  package init(_ configuration: Configuration, kernels: cmixing_kernels) {
    self.kernels = kernels
    logistic = Logistic(arena: arena)
    adaptive = AdaptiveProbability(arena: arena)
    bitHistories = BitHistory(arena: arena)
    let sizeBits = configuration.sizeBits
    table = SlotTable(
      lineCount: 1 << (min(26, sizeBits + 9) - 6), histories: bitHistories, arena: arena)
    kind = configuration.kind
    contextModel = ContextModel(configuration)
    lane = contextModel.lane
    longMatch = MatchModel(arena: arena)
    shortMatch = MatchModel(arena: arena)
    bilevel = .allocate(capacity: configuration.lanes)
    if kind == .bilevel {
      bilevel.initialize(
        repeating: BilevelContexts(rowLength: configuration.recordLength, arena: arena),
        count: configuration.lanes)
    }
    contextCount = kind == .bilevel ? BilevelContexts.count : kind.contextCount
    outside = .allocate(capacity: configuration.outsideModels)
    for index in outside.indices {
      outside.initializeElement(at: index, to: OutsideModel(logistic: logistic, arena: arena))
    }

    let padded = (contextCount + 7) / 8 * 8
    let outsideClasses = outside.flatMap { _ in [256, OutsidePrediction.confidenceClasses * 8] }
    layer = MixerLayer(
      inputCount:
        padded * 2 + 5 + OutsideModel.inputCount * max(outside.count, 1)
        + DirectProbabilities.inputCount,
      selectorCounts: [256, 2048, 256, 256, 8 * 8 * 3, 2048, 2048, 256] + outsideClasses,
      weightBits: 16, initialWeight: kind == .text ? 3000 : 2200, logistic: logistic,
      kernels: kernels, arena: arena)
    let outputs = Self.ownMixers + outsideClasses.count
    finalLayer = MixerLayer(
      inputCount: outputs + max(outside.count, 1),
      selectorCounts: [256, 2048, 256] + outsideClasses.suffix(1),
      weightBits: 14, initialWeight: Int16((1 << 14) / outputs), logistic: logistic,
      kernels: kernels, arena: arena)
    let mapContexts = 1 << max(10, min(16, sizeBits))
    pairMap = AdaptiveMap(contextCount: mapContexts, logistic: logistic, arena: arena)
    byteMap = AdaptiveMap(contextCount: mapContexts, logistic: logistic, arena: arena)
    direct = DirectProbabilities(sizeBits: sizeBits, arena: arena)

    extraInputs = layer.inputs + padded * 2
    histories = arena.allocate(contextCount, repeating: arena.allocate(64, repeating: 0))
    states = arena.allocate(padded, repeating: 0)
    contexts = arena.allocate(
      1,
      repeating: cmixing_contexts(
        count: Int32(contextCount), padded_count: Int32(padded),
        histories: UnsafeMutableRawPointer(histories).assumingMemoryBound(
          to: UnsafeMutablePointer<UInt8>?.self),
        entries: bitHistories.initialEntries(contextCount: padded, arena: arena),
        stretch: logistic.stretchTable, rates: adaptive.rates,
        states: states,
        current: arena.allocate(padded, repeating: 0), inputs: layer.inputs))
    lookUp()
    setRate()
  }

  deinit {
    bilevel.deallocate()
    outside.deallocate()
  }

  /// Moves the lanes to other parts of the content: see ``ContextModel/moveLanes(to:)``.
  public func moveLanes(to starts: [Int]) {
    contextModel.moveLanes(to: starts)
    for index in starts.indices {
      let lane = contextModel.lanes + index
      if kind == .bilevel {
        bilevel[index].startByte(lane.pointee.hasher.history)
      } else {
        for i in 0..<contextCount { table.prefetch(lane.pointee.hashes[i]) }
      }
    }
    lane = contextModel.lane
    lookUp()
  }

  /// The memory that the predictor takes, in bytes.
  package var allocatedBytes: Int { arena.allocatedBytes + contextModel.allocatedBytes }

  /// Tells what an outside model of the configuration says of the next bit; before
  /// ``probability()``, for every bit.
  public func consider(_ prediction: OutsidePrediction, of model: Int = 0) {
    outside[model].prediction = prediction
    isPredicted = false
  }

  /// The probability, in units of 2⁻³², that the next bit is one: from 2¹² to 2³² - 2¹².
  public func probability() -> UInt32 {
    if !isPredicted { predict() }
    return result
  }

  /// Learns the bit that was coded.
  public func update(bit: Bool) {
    if !isPredicted { predict() }
    isPredicted = false
    let bit = bit ? 1 : 0
    longMatch.update(bit: bit, adaptive: adaptive)
    shortMatch.update(bit: bit, adaptive: adaptive)
    for index in outside.indices { outside[index].update(bit: bit) }
    byteNode = byteNode &<< 1 | bit
    bitPosition &+= 1
    // The memory is asked for the next buckets before the learning, which takes about as long as
    // the memory does.
    if bitPosition == 8 {
      startByte()
      learn(bit)
      contextModel.advance()
      lane = contextModel.lane
      lookUp()
    } else if kind == .bilevel {
      learn(bit)
      lookUp()
    } else if bitPosition == 4 {
      startSecondNibble()
      learn(bit)
      lookUp()
    } else {
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
    if kind != .bilevel { direct.update(bit: bit, node: nibbleNode, adaptive: adaptive) }
    layer.update(bit: bit, rate: rate)
    finalLayer.update(bit: bit, rate: 80)
    pairMap.update(bit: bit, rate: 6)
    byteMap.update(bit: bit, rate: 6)
  }

  @inline(__always)
  private func startByte() {
    let byte = UInt8(truncatingIfNeeded: byteNode)
    contextModel.append(byte)
    byteNode = 1
    bitPosition = 0
    byteCount &+= 1
    setRate()
    if kind == .bilevel {
      bilevel[lane - contextModel.lanes].startByte(lane.pointee.hasher.history)
    } else {
      prefetchSlots()
    }
  }

  /// The first layer learns fast at first, then ever more slowly.
  private func setRate() { rate = 160 + 10_000_000 / (byteCount &+ 10_000) }

  @inline(__always)
  private func prefetchSlots() {
    let hashes = lane.pointee.hashes
    for i in 0..<contextCount { table.prefetch(hashes[i]) }
    direct.prefetch(hashes)
  }

  @inline(__always)
  private func startSecondNibble() {
    let table = self.table
    let hashes = lane.pointee.hashes
    let salt = UInt64(byteNode) &* 0x9E37_79B9_7F4A_7C15
    for i in 0..<contextCount {
      var h = (hashes[i] ^ salt) &* 0xD6E8_FEB8_6659_FD93
      h ^= h &>> 32
      hashes[i] = h
      table.prefetch(h)
    }
    direct.prefetch(hashes)
  }

  @inline(__always)
  private func lookUp() {
    if bitPosition == 0 { startSelectors() }
    if kind == .bilevel {
      nibbleNode = 0
      bilevel[lane - contextModel.lanes].select(
        histories, recent: lane.pointee.hasher.recent, byteNode: byteNode, bitPosition: bitPosition,
        column: lane.pointee.hasher.recordColumn)
      return
    }
    nibbleNode = 1
    let table = self.table
    let hashes = lane.pointee.hashes
    let histories = self.histories
    for i in 0..<contextCount { histories[i] = table.bucket(hashes[i]) }
    direct.lookUp(hashes)
  }

  @inline(__always)
  private func predict() {
    let nodeHash = UInt64(byteNode) &* 0x85EB_CA6B
    let pair = Int(((selectors.recent & 0xFFFF) &* 0x9E37_79B9 &+ nodeHash) &>> 12)
    let last = Int(((selectors.recent & 0xFF) &* 0x9E37_79B9 &+ nodeHash) &>> 12)
    pairMap.prefetch(pair)
    byteMap.prefetch(last)
    selectKnownWeights()
    kernels.predict_contexts(contexts, Int32(truncatingIfNeeded: nibbleNode))
    longMatch.predict(
      extraInputs, node: byteNode, bitPosition: bitPosition, logistic: logistic)
    shortMatch.predict(
      extraInputs + 2, node: byteNode, bitPosition: bitPosition, logistic: logistic)
    // A constant, for what is likely in the selected context whatever the inputs say.
    extraInputs[4] = 1024
    for index in outside.indices {
      outside[index].predict(
        extraInputs + (5 + index * OutsideModel.inputCount), logistic: logistic)
    }
    if kind != .bilevel {
      direct.predict(
        extraInputs + (5 + OutsideModel.inputCount * max(outside.count, 1)), node: nibbleNode,
        logistic: logistic)
    }

    selectWeightsByHistories()
    layer.mix()
    let outputs = layer.mixerCount
    for i in 0..<outputs {
      finalLayer.inputs[i] = Int16(truncatingIfNeeded: layer.outputs[i])
    }
    for index in outside.indices {
      finalLayer.inputs[outputs + index] = extraInputs[5 + index * OutsideModel.inputCount]
    }
    finalLayer.mix()
    var sum = 0
    for i in 0..<finalLayer.mixerCount { sum &+= finalLayer.outputs[i] }
    let output = outside.isEmpty ? sum / 3 : sum &>> 2
    let refined =
      UInt64(pairMap.refine(output, context: pair)) &+ UInt64(byteMap.refine(output, context: last))
    let mixed = (UInt64(logistic.squash(output)) &* 2 &+ refined &* 3) &>> 3
    result = UInt32(truncatingIfNeeded: max(1 << 12, min((1 << 32) - (1 << 12), mixed)))
    isPredicted = true
  }

  private func startSelectors() {
    let (long, short) = (lane.pointee.longMatch, lane.pointee.shortMatch)
    let (longClass, shortClass) = (long.lengthClass, short.lengthClass)
    longMatch.startByte(expected: long.expected, lengthClass: longClass)
    shortMatch.startByte(expected: short.expected, lengthClass: shortClass)
    let recent = lane.pointee.hasher.recent
    let isText = kind == .text
    selectors.recent = recent
    selectors.last = Int(recent & 0xFF)
    selectors.second = Int(recent &>> 8 & 0xFF)
    selectors.third = Int(recent &>> 16 & 0xFF)
    selectors.column = isText ? lane.pointee.hasher.column : lane.pointee.hasher.recordColumn & 255
    selectors.surroundings =
      isText
      ? Int(lane.pointee.hasher.format & 255)
      : lane.pointee.hasher.history.back(lane.pointee.hasher.recordLength)
  }

  /// Selects the weights that depend on no bit history, and asks the memory for them.
  @inline(__always)
  private func selectKnownWeights() {
    layer.select(0, byteNode)
    layer.select(1, selectors.last &<< 3 | bitPosition)
    layer.select(2, selectors.second)
    layer.select(5, selectors.column &<< 3 | bitPosition)
    layer.select(
      6,
      kind == .bilevel
        ? bilevel[lane - contextModel.lanes].neighbourhood
        : selectors.surroundings &<< 3 | bitPosition)
    layer.select(7, selectors.third)
    finalLayer.select(0, byteNode)
    finalLayer.select(1, selectors.last &<< 3 | bitPosition)
    for index in outside.indices {
      let confidence = outside[index].confidence &* 8 &+ bitPosition
      layer.select(8 &+ 2 &* index, Int(outside[index].prediction.expectedByte))
      layer.select(9 &+ 2 &* index, confidence)
      finalLayer.select(3, confidence)
    }
  }

  @inline(__always)
  private func selectWeightsByHistories() {
    let expected = longMatch.isActive ? longMatch.expected : shortMatch.expected
    let expectedBit = expected > 0 ? 1 &+ expected &>> (7 &- bitPosition) & 1 : 0
    // The longest of the orders 1 to 7 that has been seen before.
    var order = 0
    while order < 7 && states[order &+ 1] != 0 { order &+= 1 }
    layer.select(3, Int(states[9]))
    layer.select(4, (order &* 8 &+ bitPosition) &* 3 &+ expectedBit)
    finalLayer.select(2, Int(states[2]))
  }
}
