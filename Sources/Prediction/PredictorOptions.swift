// SPDX-License-Identifier: Apache-2.0

import Content
import Contexts
import LSTM
import TrainedModels

/// What is to predict contents: networks, context-mixing experts, or both.
///
/// At least one of them; content is stored as it is if there is none.
package struct PredictorOptions: Hashable, Sendable {
  /// The untrained network, in the place of which trained ones predict where they are better; an
  /// archive's frame with little content uses fewer embedding rows.
  ///
  /// Its own number of lanes counts for nothing here.
  package var network: NetworkConfiguration?
  /// The trained networks, and what the experts start with.
  package var trained: TrainedComponents?
  /// Whether the experts take part.
  package var hasExperts: Bool
  /// Which experts.
  package var expertSet = ExpertSet.standard
  /// Whether an encoder may take the rich set of experts in the place of the standard one.
  package var mayUseRichExperts = false
  /// The lanes of a network, 1 to 64, in content that is long enough; nil for the number that
  /// measurements suggest for its size.
  package var lanes: Int?

  /// Makes options, by default those of the standard level without a trained model.
  package init(
    network: NetworkConfiguration? = NetworkConfiguration(), trained: TrainedComponents? = nil,
    hasExperts: Bool = true, lanes: Int? = nil
  ) {
    self.network = network
    self.trained = trained
    self.hasExperts = hasExperts
    self.lanes = lanes
  }

  /// The number of levels.
  package static let levelCount = 4

  /// The options of a level.
  ///
  /// - Parameters:
  ///   - level: From 1, the fastest: the experts alone; they and a network of 96 cells; they and one of
  ///     two layers of 192 cells; they, all networks and an untrained one.
  ///   - model: The trained model.
  package init(level: Int, model: TrainedModel) {
    switch level {
    case ...1: self.init(network: nil, trained: TrainedComponents(model, .none))
    case 2: self.init(trained: TrainedComponents(model, .one(0)))
    case 3: self.init(network: .untrained, trained: TrainedComponents(model, .one(1)), lanes: 1)
    default: self.init(network: .untrained, trained: TrainedComponents(model, .all), lanes: 1)
    }
    mayUseRichExperts = level > 1
  }

  /// Checks the untrained network's configuration and the number of lanes, and that something joins the
  /// networks if there are several.
  ///
  /// - Throws: `ConfigurationError`.
  package func validate() throws(ConfigurationError) {
    guard hasExperts || trained?.selection != .all else {
      throw ConfigurationError(message: "several networks need the experts' mixers to join them")
    }
    guard var network else { return }
    network.lanes = lanes ?? 1
    try network.validate()
  }

  /// The lanes in content of the given size.
  func lanes(contentSize: Int, network: NetworkConfiguration) -> Int {
    lanes ?? LaneLayout.lanes(contentSize: contentSize, weights: network.weightCount)
  }
}

extension NetworkConfiguration {
  /// The untrained network of the levels above 2: in the place of a trained one, or beside all of them
  /// for content unlike all that they were trained on.
  static var untrained: NetworkConfiguration {
    var network = NetworkConfiguration()
    network.layers = 2
    network.cells = 192
    network.learningRate = 328
    return network
  }
}
