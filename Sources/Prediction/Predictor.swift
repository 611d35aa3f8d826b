// SPDX-License-Identifier: Apache-2.0

import ContextMixing
import Contexts
import LSTM
import Serialisation
import TrainedModels

/// The probability of each bit of the content, one after the other: one object for both directions.
///
/// With a network alone its prediction is the result; with experts alone theirs is; with both the
/// experts' mixers take the networks' predictions as some more. `docs/NUMERICS.md`, section 5, defines
/// the arithmetic.
struct Predictor {
  private let layout: LaneLayout
  private let contexts: ContextModel
  private var networks: [NetworkPredictor]
  private let experts: ContextMixer?
  /// Whole bytes that were taken in.
  private var byteCount = 0

  /// The probability that the next bit is 1 in units of 2^-32, from 1 to 2^32 - 1.
  private(set) var probability: UInt32 = 1 << 31

  /// Makes the models for content of the given size, and predicts the first bit.
  ///
  /// - Parameters:
  ///   - threads: 1, or more for the network to learn in a thread of its own.
  ///   - expertParameters: What the experts start with, instead of what the settings say.
  /// - Throws: `ConfigurationError`, as the network does; ``FormatError`` if the trained
  ///   model's experts are of another version.
  init(
    _ settings: PredictorSettings, contentSize: Int, layout: LaneLayout, threads: Int,
    expertParameters: [UInt16]? = nil
  ) throws {
    self.layout = layout
    let configuration = settings.contextConfiguration(contentSize: contentSize)
    contexts = ContextModel(configuration)
    if settings.hasExperts {
      let mixer = ContextMixer(contexts)
      if let parameters = expertParameters
        ?? settings.trained?.expertParameters(
          configuration.type, set: PredictorSettings.expertSet)
      {
        guard mixer.adopt(parameters) else {
          throw FormatError.invalidModelFile(
            "its experts have not as many values as those of this program")
        }
      }
      experts = mixer
    } else {
      experts = nil
    }
    networks = []
    let trained = settings.trained?.networks ?? []
    let configurations = settings.networkConfigurations(contentSize: contentSize)
    // One network learns in a thread of its own, the largest: others' threads would wait most of the time.
    let largest = configurations.indices.max {
      configurations[$0].weightCount < configurations[$1].weightCount
    }
    for (index, configuration) in configurations.enumerated() {
      networks.append(
        try NetworkPredictor(
          configuration: configuration, trained: index < trained.count ? trained[index] : nil,
          ngrams: settings.trained?.ngrams, contexts: contexts,
          embedded: settings.embeddedContexts(ofNetwork: index),
          threads: index == largest ? threads : 1))
    }
    predict()
  }

  /// What the experts have learned of the mixing.
  var expertParameters: [UInt16] { experts?.trainedParameters ?? [] }

  /// Tells `observer` when a phase of the network's work begins, and nil when it ends.
  func observe(_ observer: @escaping (NetworkPhase?) -> Void) {
    for network in networks { network.observe(observer) }
  }

  /// Takes in the next bit of the content, the highest bit of a byte first.
  mutating func update(bit: Bool) {
    contexts.partialByte.pointee.append(bit)
    if contexts.partialByte.pointee.isComplete {
      endByte(lastBit: bit)
    } else {
      experts?.update(bit: bit)
      for index in networks.indices { networks[index].update(bit: bit) }
    }
    predict()
  }

  /// Ends a byte for all models: contexts first, which the others read; and the memory is asked for what
  /// comes next before the learning, which takes about as long as the memory does.
  private mutating func endByte(lastBit bit: Bool) {
    let byte = contexts.endByte()
    byteCount += 1
    if experts != nil { for index in networks.indices { networks[index].prefetch() } }
    experts?.finishByte(bit: bit)
    contexts.advance()
    if let starts = layout.starts(after: byteCount) {
      contexts.moveLanes(to: starts)
      experts?.lanesMoved()
    }
    experts?.startByte()
    for index in networks.indices { networks[index].endByte(byte) }
  }

  private mutating func predict() {
    guard let experts else {
      if let network = networks.last { probability = network.probability }
      return
    }
    for index in networks.indices { experts.setAuxiliary(networks[index].prediction, at: index) }
    probability = experts.probability()
  }
}
