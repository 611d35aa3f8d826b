// SPDX-License-Identifier: Apache-2.0

import Content
import ContextMixing
import Contexts
import TrainedModels

/// Finds what experts can start with before they have seen anything of a content.
///
/// They code one content after the other, each time with the parameters so far and nothing else; a part
/// of what a content has changed in them is kept: first-order meta-learning (Nichol et al., "On
/// first-order meta-learning algorithms", 2018, section 2).
package struct ExpertTraining {
  /// The part of a content's change that is kept after many contents; after few it is more.
  private static let keptShare = 0.04

  private let trained: TrainedComponents
  private let type: ContentType
  private var mean: [Double] = []
  private var count = 0

  /// Begins with experts that know nothing, beside the networks of `trained`.
  package init(_ trained: TrainedComponents, type: ContentType) {
    self.trained = trained
    self.type = type
  }

  /// Learns from a content; of another type than the training's nothing.
  ///
  /// - Throws: `ConfigurationError`, as the network does.
  /// - Complexity: As much as to compress the content.
  package mutating func learn(from content: [UInt8], threads: Int) throws {
    let description = ContentDescription.detect(content)
    guard description.type == type, !content.isEmpty else { return }
    let parts = [ContentPart(description, count: content.count)]
    let settings = PredictorSettings(
      PredictorOptions(network: nil, trained: trained, lanes: 1), parts: parts, isAlone: true,
      rates: .standard)
    let learned = try ContentCoder.expertParameters(
      after: content, settings: ContentSettings(parts: parts, groups: [settings]),
      start: count == 0 ? nil : parameters, threads: threads)
    count += 1
    let share = max(Self.keptShare, 1 / Double(count))
    mean =
      mean.isEmpty
      ? learned.map(Double.init)
      : zip(mean, learned).map { $0 + share * (Double($1) - $0) }
  }

  /// What was learned; nil if there was no content of the type.
  package var result: TrainedModelFile.Experts? {
    count == 0
      ? nil
      : TrainedModelFile.Experts(
        contentType: type.rawValue, networks: trained.selection,
        expertSet: ExpertSet.standard.rawValue, parameters: parameters)
  }

  private var parameters: [UInt16] { mean.map { UInt16(max(0, min(65535, $0.rounded()))) } }
}
