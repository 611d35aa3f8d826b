// SPDX-License-Identifier: Apache-2.0

import Content

/// What the contexts and the experts are told of the content: what it is, its size and what predicts
/// beside them.
package struct ContextConfiguration: Equatable, Sendable {
  /// What the content is, or its first part.
  package let content: ContentDescription
  /// The types of all parts.
  package var types: [ContentType]
  /// The number of bytes of the content, or a guess of it: the tables are scaled to it.
  package var contentSize: Int
  /// Predictions of networks that the mixers take as inputs: see `ContextMixer.setAuxiliary`.
  package var auxiliaryInputs: Int
  /// The set of experts that use the contexts; those of the rich one are computed only for it.
  package var expertSet = ExpertSet.standard
  /// Whether experts learn in a reduced set of contexts: see ``ContentType/expertContexts(reduced:)``.
  package var usesReducedContexts = false
  /// The greatest number of lanes that the content is split into: see ``ContextModel/moveLanes(to:)``.
  package var lanes = 1

  /// Makes a configuration.
  package init(_ content: ContentDescription, contentSize: Int, auxiliaryInputs: Int = 0) {
    self.content = content
    types = [content.type]
    self.contentSize = max(0, contentSize)
    self.auxiliaryInputs = max(0, auxiliaryInputs)
  }

  /// What the content is.
  package var type: ContentType { content.type }
  /// The length of the content's records or rows in bytes, 0 for none.
  package var recordLength: Int { content.recordLength }

  /// The contexts in which experts learn, by their numbers.
  package var expertContexts: [Int] {
    type.expertContexts(expertSet, reduced: usesReducedContexts)
  }

  /// The contexts of the type that has most.
  var mostContexts: Int { types.map(\.contextCount).max() ?? 0 }

  /// The base 2 logarithm of the content's size, rounded up, from 8 to 40.
  package var sizeBits: Int {
    let size = max(256, min(contentSize, 1 << 40))
    return Int.bitWidth - (size - 1).leadingZeroBitCount
  }

  /// The base 2 logarithm of the bytes that are kept: all of them if the lanes' are far apart.
  var historyBits: Int { lanes > 1 ? sizeBits : min(sizeBits, 24) }
}
