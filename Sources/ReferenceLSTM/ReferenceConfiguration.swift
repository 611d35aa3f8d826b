// SPDX-License-Identifier: Apache-2.0

/// The shape of a network and what its learning is configured with.
///
/// `docs/NUMERICS.md`, section 3, calls the numbers of layers, cells and gates L, H and G.
package struct ReferenceConfiguration: Sendable {
  package var layers = 1
  /// Of each layer; a multiple of 16.
  package var cells = 64
  /// 3, where the input gate is 1 - the forget gate, or 4.
  package var gates = 3
  /// Contexts of a byte, each with a row of embeddings.
  package var contexts = 16
  /// Binary logarithm of the number of rows that all contexts share.
  package var contextRowBits = 17
  /// N-grams of a byte, and the numbers that each of them is for the first layer.
  package var ngrams = 0
  package var ngramWidth = 16
  /// Pieces of content that are predicted side by side after ``ReferenceLearner/split()``.
  package var lanes = 1
  /// Steps of the longest window.
  package var longestWindow = 32
  /// In units of 2^-16; the contexts' rate is the same if it is nil.
  package var learningRate = 524
  package var contextLearningRate: Int?

  package init() {}

  /// Numbers of a layer's gates together (W), of all layers' cells (D), of a byte's n-grams.
  package var gateWidth: Int { gates * cells }
  package var allCells: Int { layers * cells }
  package var features: Int { ngrams * ngramWidth }
}
