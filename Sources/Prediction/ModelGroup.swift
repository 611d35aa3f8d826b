// SPDX-License-Identifier: Apache-2.0

import Content
import ContextMixing
import Contexts
import LSTM
import Serialisation

/// The models that predict the parts of a group: they go on from part to part.
struct ModelGroup {
  /// Nil where networks predict alone.
  let experts: ContextMixer?
  private(set) var networks: [NetworkPredictor]

  /// Makes the models for a group's parts.
  ///
  /// - Parameters:
  ///   - threads: 1, or more for the largest network to learn in a thread of its own.
  ///   - expertParameters: What the experts start with, instead of what the settings say.
  /// - Throws: `ConfigurationError`, as the network does; ``FormatError`` if the trained model's experts are
  ///   of another version.
  init(
    _ settings: PredictorSettings, parts: [ContentPart], contexts: ContextModel, threads: Int,
    expertParameters: [UInt16]?
  ) throws {
    let configuration = settings.contextConfiguration(parts)
    experts =
      settings.hasExperts ? ContextMixer(contexts, configuration: configuration) : nil
    let trainedParameters = settings.trained?.expertParameters(
      configuration.type, set: settings.expertSet.rawValue)
    if let experts, let parameters = expertParameters ?? trainedParameters {
      guard experts.adopt(parameters) else {
        throw FormatError.invalidModelFile(
          "its experts have not as many values as those of this program")
      }
    }
    networks = []
    let trained = settings.trained?.networks ?? []
    let configurations = settings.networkConfigurations(parts)
    // One network learns in a thread of its own, the largest: others' threads would wait most of the time.
    let largest = configurations.indices.max {
      configurations[$0].weightCount < configurations[$1].weightCount
    }
    for (index, network) in configurations.enumerated() {
      networks.append(
        try NetworkPredictor(
          configuration: network, trained: index < trained.count ? trained[index] : nil,
          ngrams: settings.trained?.ngrams, contexts: contexts,
          embedded: settings.embeddedContexts(configuration.type, network: index),
          threads: index == largest ? threads : 1))
    }
  }

  /// Begins, or goes on with, a byte of the group, when the contexts have begun it.
  mutating func startByte() {
    experts?.startByte()
    for index in networks.indices { networks[index].startByte() }
  }

  /// The probability that the next bit is 1 in units of 2^-32, from 1 to 2^32 - 1; once a bit.
  mutating func probability() -> UInt32 {
    guard let experts else { return networks.last?.probability ?? 1 << 31 }
    for index in networks.indices { experts.setAuxiliary(networks[index].prediction, at: index) }
    return experts.probability()
  }

  /// Takes in a bit that is not a byte's last one.
  mutating func update(bit: Bool) {
    experts?.update(bit: bit)
    for index in networks.indices { networks[index].update(bit: bit) }
  }

  /// Takes in a byte's last bit, when the contexts have taken in the byte; the memory is asked for what
  /// comes next before the learning, which takes about as long as the memory does.
  mutating func finishByte(bit: Bool) {
    guard let experts else { return }
    for index in networks.indices { networks[index].prefetch() }
    experts.finishByte(bit: bit)
  }

  /// Takes note that the contexts have moved their lanes or begun a part.
  func contextsMoved() { experts?.lanesMoved() }

  /// Shows the networks the byte.
  mutating func learn(_ byte: UInt8) {
    for index in networks.indices { networks[index].endByte(byte) }
  }

  /// Tells `observer` when a phase of the networks' work begins, and nil when it ends.
  func observe(_ observer: @escaping (NetworkPhase?) -> Void) {
    for network in networks { network.observe(observer) }
  }
}
