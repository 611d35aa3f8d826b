// SPDX-License-Identifier: Apache-2.0

import LSTM

/// What training left: networks of several sizes that share one table of n-gram embeddings, and what
/// experts start with beside them.
///
/// The form of the file is specified in `docs/FORMAT.md`.
package struct TrainedModelFile: Sendable {
  /// The table of n-gram embeddings.
  package let ngrams: NgramTable
  /// The networks, the smallest first.
  package let networks: [TrainedNetwork]
  /// What the experts start with, beside each selection of networks.
  package let experts: [Experts]
  /// What is known of the training, as JSON.
  package let record: [UInt8]

  /// What training left of the experts for contents of one type.
  package struct Experts: Sendable {
    /// The number of the content type.
    package let contentType: UInt8
    /// The networks beside which they were trained.
    package let networks: NetworkSelection
    /// The number of the set of experts: `ContextMixer.setNumber`.
    package let expertSet: UInt8
    /// The numbers of `ContextMixer.trainedParameters`.
    package let parameters: [UInt16]

    /// Puts the parts together.
    package init(
      contentType: UInt8, networks: NetworkSelection, expertSet: UInt8, parameters: [UInt16]
    ) {
      self.contentType = contentType
      self.networks = networks
      self.expertSet = expertSet
      self.parameters = parameters
    }
  }

  static let magic: [UInt8] = [0x97, 0x4C, 0x53, 0x50]
  static let version: UInt8 = 1
  /// Large parts of the file begin at multiples of this.
  static let alignment = 64
  /// Greatest number of networks.
  package static let greatestNetworkCount = 15

  /// Puts a model together.
  package init(
    ngrams: NgramTable, networks: [TrainedNetwork], experts: [Experts] = [], record: [UInt8]
  ) {
    self.ngrams = ngrams
    self.experts = experts
    self.networks = networks
    self.record = record
  }
}
