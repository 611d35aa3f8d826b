// SPDX-License-Identifier: Apache-2.0

import Content
import ContextMixing
import Contexts
import LSTM
import TrainedModels

/// What predicts the parts of a group.
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

  /// Whether the experts take part.
  package let hasExperts: Bool
  /// Which experts.
  package let expertSet: ExpertSet
  /// The networks.
  package let networks: Networks
  /// The lanes after the prefix, as the networks see them; 1 without a network.
  package let lanes: Int

  /// Puts settings together.
  package init(
    hasExperts: Bool, expertSet: ExpertSet = .standard, networks: Networks, lanes: Int
  ) {
    self.hasExperts = hasExperts
    self.expertSet = expertSet
    self.networks = networks
    self.lanes = lanes
  }

  /// The settings that `options` mean for the parts of a group.
  ///
  /// - Parameters:
  ///   - parts: The group's parts.
  ///   - isAlone: Whether the content has no other parts.
  ///   - rates: The learning rates of trained networks; nil for the untrained one instead.
  package init(
    _ options: PredictorOptions, parts: [ContentPart], isAlone: Bool, rates: LearningRates?
  ) {
    hasExperts = options.hasExperts
    expertSet = hasExperts ? options.expertSet : .standard
    let trained = rates == nil ? nil : options.trained
    let network = trained.map { $0.configurations.last } ?? options.network
    networks =
      if let trained, let rates {
        .trained(trained, rates)
      } else {
        options.network.map { .untrained($0) } ?? .none
      }
    guard let network, parts.count < 2, isAlone else {
      lanes = 1
      return
    }
    let contentSize = parts.byteCount
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

  /// What the experts are told of the group's parts.
  func contextConfiguration(_ parts: [ContentPart]) -> ContextConfiguration {
    var configuration = ContextConfiguration(
      parts.first?.description ?? ContentDescription(), contentSize: parts.byteCount,
      auxiliaryInputs: networkConfigurations.count)
    configuration.lanes = lanes
    configuration.expertSet = expertSet
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
  func networkConfigurations(_ parts: [ContentPart]) -> [NetworkConfiguration] {
    let contentSize = parts.byteCount
    let type = parts.first?.description.type ?? ContentDescription().type
    return networkConfigurations.enumerated().map { index, network in
      var fitted = network
      fitted.contexts = embeddedContexts(type, network: index).count
      let rows = 2 * contentSize * max(fitted.contexts, 1)
      let bits = Int.bitWidth - max(rows - 1, 1).leadingZeroBitCount
      fitted.embeddingRowBits = min(fitted.embeddingRowBits, max(bits, 8))
      return fitted
    }
  }

  /// The contexts of a content type that a network embeds.
  func embeddedContexts(_ type: ContentType, network index: Int) -> [Int] {
    let isTrained = index < trained?.networks.count ?? 0
    return type.embeddedContexts(reduced: hasExperts && !isTrained)
  }

  /// Bytes of memory that the models for the group's parts take at most, without the model file's.
  func requiredBytes(_ parts: [ContentPart]) -> Int {
    networkConfigurations(parts).map(\.requiredBytes).reduce(0, +)
      + (hasExperts ? contextConfiguration(parts).mixerBytes : 0)
  }
}
