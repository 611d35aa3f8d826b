// SPDX-License-Identifier: Apache-2.0

import Content
import LSTM

/// The parts of a trained model that predict a content.
package struct TrainedComponents: Hashable, Sendable {
  /// The model.
  package let model: TrainedModel
  /// Its networks that take part.
  package let selection: NetworkSelection

  /// Selects networks; in the place of one that the model does not have the last one.
  package init(_ model: TrainedModel, _ selection: NetworkSelection) {
    self.model = model
    if case .one(let index) = selection {
      self.selection = .one(min(max(index, 0), model.file.networks.count - 1))
    } else {
      self.selection = selection
    }
  }

  /// The networks that take part.
  package var networks: [TrainedNetwork] {
    switch selection {
    case .none: []
    case .all: model.file.networks
    case .one(let index): [model.file.networks[index]]
    }
  }

  /// The table of n-gram embeddings that they share.
  package var ngrams: NgramTable { model.file.ngrams }

  /// The networks' configurations, but for their learning rates and lanes.
  package var configurations: [NetworkConfiguration] {
    networks.map { $0.configuration(ngramWidth: ngrams.width) }
  }

  /// What a set of experts starts with for content of a type, if the model has it.
  package func expertParameters(_ type: ContentType, set: UInt8) -> [UInt16]? {
    model.file.experts.first {
      $0.contentType == type.rawValue && $0.networks == selection && $0.expertSet == set
    }?.parameters
  }
}
