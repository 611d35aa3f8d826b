// SPDX-License-Identifier: Apache-2.0

import Content
import Contexts
import LSTM

/// How a content is coded: its parts, and what predicts those of each group.
package struct ContentSettings: Hashable, Sendable {
  /// What the content consists of, in order.
  package let parts: [ContentPart]
  /// The settings of each group, by its number.
  package let groups: [PredictorSettings]

  /// Puts settings together: one for each group of the parts, and lanes only if there is one part.
  package init(parts: [ContentPart], groups: [PredictorSettings]) {
    precondition(groups.count >= parts.groupCount, "a group without settings")
    precondition(parts.count < 2 || groups.allSatisfy { $0.lanes == 1 }, "parts and lanes")
    self.parts = parts
    self.groups = groups
  }

  /// The bytes of the content.
  package var contentSize: Int { parts.byteCount }

  /// The order of the content's bytes.
  package var layout: LaneLayout {
    LaneLayout(contentSize: contentSize, lanes: groups.first?.lanes ?? 1)
  }

  /// What the contexts are told of the content as a whole.
  var contextConfiguration: ContextConfiguration {
    var configuration = ContextConfiguration(
      parts.first?.description ?? ContentDescription(), contentSize: contentSize)
    configuration.types = ContentType.allCases.filter { type in
      type == configuration.type || parts.contains { $0.description.type == type }
    }
    configuration.lanes = groups.first?.lanes ?? 1
    if groups.contains(where: { $0.expertSet == .rich }) { configuration.expertSet = .rich }
    return configuration
  }

  /// Bytes of memory that models and buffers take at most, without the model file's.
  package func requiredBytes(payloadSize: Int) -> Int {
    groups.indices.reduce(contextConfiguration.contextBytes + contentSize + payloadSize) {
      $0 + groups[$1].requiredBytes(parts.of(group: $1))
    }
  }
}
