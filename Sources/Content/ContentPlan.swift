// SPDX-License-Identifier: Apache-2.0

import Deflate
import Serialisation

/// How a frame's bytes come from those that are coded: what the decoder is told before it decodes.
///
/// Coded bytes become unfolded ones when the repeats are put back; unfolded ones become the frame's by
/// the tree. `docs/FORMAT.md`, "Plans", specifies the bytes.
package struct ContentPlan: Hashable, Sendable {
  package let root: ContentNode
  /// What is not coded of the unfolded bytes.
  package let repeats: [Repeat]
  /// How each packed child is packed, in the order of the unfolded bytes.
  package let reconstructions: [[UInt8]]

  /// Makes a plan.
  package init(root: ContentNode, repeats: [Repeat], reconstructions: [[UInt8]]) {
    self.root = root
    self.repeats = repeats
    self.reconstructions = reconstructions
  }

  /// The greatest depth of the tree, the root's included.
  static let greatestDepth = 8
  /// The most nodes, parts, pieces and repeats together, and how many more for each byte of the structure:
  /// so that few bytes cannot make a decoder fill the memory.
  static let fewItems = 1 << 16
  static let itemsPerByte = 64
  /// The most bytes that are unfolded.
  package static let greatestUnfolded = 1 << 30

  /// The parts of the coded bytes.
  package var codedParts: [ContentPart] { repeats.removed(from: root.parts) }

  /// The limits of a packed child: a decoder must have the same.
  package static let deflateLimits = DeflateLimits(content: 1 << 26)

  /// The bytes of memory, besides those of the models, that a frame of `contentSize` bytes takes while
  /// it is put together.
  package func requiredBytes(contentSize: Int) -> Int {
    // The coded and unfolded bytes, those of a tree's levels, the content; the tokens of a block as they are
    // collected, and the tables of a search.
    3 * root.parts.byteCount + 3 * contentSize + 16 * DeflateLimits.blockTokens + (4 << 20)
  }
}
