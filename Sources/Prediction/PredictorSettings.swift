// SPDX-License-Identifier: Apache-2.0

import Content
import ContextMixing
import Contexts
import LSTM
import TrainedModels

/// All that a decoder must know to predict as the encoder did, but for the content's size.
package struct PredictorSettings: Hashable, Sendable {
  /// Where the networks come from, and what the experts start with.
  package enum Networks: Hashable, Sendable {
    /// No network, and experts that know nothing.
    case none
    /// An untrained network.
    case untrained(NetworkConfiguration)
    /// Networks of a trained model, with the rates at which they go on learning; and what the model
    /// says of the experts beside them.
    case trained(TrainedComponents, LearningRates)
    /// Networks of a model that is not there.
    case missing(TrainedModelReference)
  }

  /// The number of the only set of experts that this version has.
  package static var expertSet: UInt8 { ContextMixer.setNumber }

  /// What the contexts are told of the content.
  package let content: ContentDescription
  /// Whether the experts take part.
  package let hasExperts: Bool
  /// The networks.
  package let networks: Networks
  /// The lanes after the prefix, as the networks see them; 1 without a network.
  package let lanes: Int

  /// Puts settings together.
  package init(
    content: ContentDescription, hasExperts: Bool, networks: Networks, lanes: Int
  ) {
    self.content = content
    self.hasExperts = hasExperts
    self.networks = networks
    self.lanes = lanes
  }

  /// The settings that `options` mean for a content.
  ///
  /// - Parameter rates: The learning rates of trained networks; nil for the untrained one instead.
  package init(
    _ options: PredictorOptions, content: ContentDescription, contentSize: Int,
    rates: LearningRates?
  ) {
    self.content = content
    hasExperts = options.hasExperts
    let trained = rates == nil ? nil : options.trained
    let network = trained.map { $0.configurations.last } ?? options.network
    networks =
      if let trained, let rates {
        .trained(trained, rates)
      } else {
        options.network.map { .untrained($0) } ?? .none
      }
    guard let network else {
      lanes = 1
      return
    }
    var lanes = max(options.lanes(contentSize: contentSize, network: network), 1)
    // The header of trained networks holds the logarithm of the lanes.
    if trained != nil { lanes = 1 << (Int.bitWidth - 1 - lanes.leadingZeroBitCount) }
    self.lanes = max(LaneLayout(contentSize: contentSize, lanes: lanes).lanes, 1)
  }

  /// The parts of a trained model that take part, if there are any.
  package var trained: TrainedComponents? {
    guard case .trained(let components, _) = networks else { return nil }
    return components
  }

  /// The model that the settings name and that is not there.
  package var missing: TrainedModelReference? {
    guard case .missing(let reference) = networks else { return nil }
    return reference
  }

  /// The order of the bytes of a content.
  package func layout(contentSize: Int) -> LaneLayout {
    LaneLayout(contentSize: contentSize, lanes: lanes)
  }

  /// What the contexts are told.
  func contextConfiguration(contentSize: Int) -> ContextConfiguration {
    var configuration = ContextConfiguration(
      content, contentSize: contentSize, auxiliaryInputs: networkConfigurations.count)
    configuration.lanes = lanes
    // Trained experts were trained in all contexts.
    if case .untrained = networks { configuration.usesReducedContexts = true }
    return configuration
  }

  /// The configurations of all networks, the trained ones first, before they are fitted to the
  /// content's size.
  package var networkConfigurations: [NetworkConfiguration] {
    var configurations: [NetworkConfiguration]
    switch networks {
    case .none, .missing: return []
    case .untrained(let network): configurations = [network]
    case .trained(let components, let rates):
      configurations = components.configurations
      for index in configurations.indices {
        configurations[index].learningRate = rates.dense.rate
        configurations[index].contextLearningRate = rates.contexts.rate
      }
      if components.selection == .all { configurations.append(.untrained) }
    }
    for index in configurations.indices { configurations[index].lanes = lanes }
    return configurations
  }

  /// The network that predicts, the last trained one if there are several; before it is fitted to the
  /// content's size.
  package var mainNetwork: NetworkConfiguration? {
    trained?.selection == .all
      ? networkConfigurations.dropLast().last : networkConfigurations.last
  }

  /// The networks' configurations for content of the given size: no more embedding rows than can be
  /// used.
  ///
  /// Each byte uses at most one row a context; a power of two at least twice that is enough.
  func networkConfigurations(contentSize: Int) -> [NetworkConfiguration] {
    networkConfigurations.enumerated().map { index, network in
      var fitted = network
      fitted.contexts = embeddedContexts(ofNetwork: index).count
      let rows = 2 * contentSize * max(fitted.contexts, 1)
      let bits = Int.bitWidth - max(rows - 1, 1).leadingZeroBitCount
      fitted.embeddingRowBits = min(fitted.embeddingRowBits, max(bits, 8))
      return fitted
    }
  }

  /// The contexts that a network embeds.
  func embeddedContexts(ofNetwork index: Int) -> [Int] {
    let isTrained = index < trained?.networks.count ?? 0
    return content.type.embeddedContexts(reduced: hasExperts && !isTrained)
  }

  /// Bytes of memory that models and buffers take at most, without the model file's.
  ///
  /// Both sizes are at most 2^30.
  package func requiredBytes(contentSize: Int, payloadSize: Int) -> Int {
    let networks = networkConfigurations(contentSize: contentSize).map(\.requiredBytes)
    let configuration = contextConfiguration(contentSize: contentSize)
    let experts = hasExperts ? configuration.requiredBytes : configuration.contextBytes
    return networks.reduce(0, +) + experts + contentSize + payloadSize
  }
}
