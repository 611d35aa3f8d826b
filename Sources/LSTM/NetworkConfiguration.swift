// SPDX-License-Identifier: Apache-2.0

/// The shape of a network and the constants of its learning: all that a decoder must know to build
/// the same network.
package struct NetworkConfiguration: Hashable, Sendable {
  /// Layers, 1 to 8.
  package var layers = 1
  /// Memory cells a layer: a multiple of 16, from 16 to 1024.
  package var cells = 64
  /// Whether the input gate is 1 - the forget gate, which saves a quarter of the work.
  package var hasCoupledGates = true
  /// Steps that backpropagation through time goes back at most, 4 to 255.
  ///
  /// A network begins with 4 steps and comes to its limit with time: see ``LearningSchedule``.
  package var longestWindow = 32
  /// Contexts whose embeddings are added to the first layer's gates, 0 to 64.
  package var contexts = 16
  /// Binary logarithm of the number of embedding rows that all contexts share, 2 to 24.
  package var embeddingRowBits = 17
  /// Trained n-gram embeddings that are an input of the first layer, 0 to 16, see ``NgramTable``.
  package var ngrams = 0
  /// Numbers of each of them: a multiple of 16, up to 64.
  package var ngramWidth = 16
  /// The learning rate at the start in units of 2^-16, 1 to 65535.
  package var learningRate = 524
  /// The same of the context embeddings; nil for that of everything else.
  package var contextLearningRate: Int?
  /// Lanes that the content is split into after its beginning, 1 to 64: see ``Network/split()``.
  package var lanes = 1

  /// The seed of the initial weights in the archive format.
  package static let defaultSeed: UInt64 = 0x1234567

  /// Makes the default configuration.
  package init() {}

  /// Gates of a layer that have weights of their own: 3 coupled, or 4.
  var gates: Int { hasCoupledGates ? 3 : 4 }
  /// Width of a layer's pre-activations, and of an embedding row.
  var gateWidth: Int { gates * cells }
  /// Numbers that a byte's n-gram embeddings are together.
  var features: Int { ngrams * ngramWidth }
  /// Cells of all layers.
  var allCells: Int { layers * cells }

  /// Checks every field against its limits.
  ///
  /// - Throws: ``ConfigurationError`` for the first field that is out of its range.
  package func validate() throws(ConfigurationError) {
    try Self.check("layers", layers, in: 1...8)
    try Self.check("cells", cells, in: 16...1024)
    guard cells.isMultiple(of: 16) else {
      throw ConfigurationError(message: "the number of cells, \(cells), is not a multiple of 16")
    }
    try Self.check("longest window", longestWindow, in: 4...255)
    try Self.check("embedding row bits", embeddingRowBits, in: 2...24)
    try Self.check("learning rate", learningRate, in: 1...65535)
    if let contextLearningRate {
      try Self.check("learning rate of the contexts", contextLearningRate, in: 1...65535)
    }
    try Self.check("contexts", contexts, in: 0...64)
    try Self.check("lanes", lanes, in: 1...64)
    try Self.check("n-grams", ngrams, in: 0...16)
    try Self.check("n-gram width", ngramWidth, in: 16...64)
    guard ngramWidth.isMultiple(of: 16) else {
      throw ConfigurationError(message: "the n-gram width, \(ngramWidth), is not a multiple of 16")
    }
  }

  /// Weights of the matrix products: each costs some six operations a byte.
  package var weightCount: Int { ParameterLayout(self).count }

  /// Rows of the largest window: steps times lanes.
  var longestWindowRows: Int { lanes * longestWindow }

  /// Bytes of memory that a network of this shape holds.
  ///
  /// The configuration must be valid.
  package var requiredBytes: Int {
    let rows = longestWindowRows
    let embeddings = EmbeddingTable.requiredBytes(
      rowBits: contexts == 0 ? 2 : embeddingRowBits, width: gateWidth, changes: rows * contexts)
    let byteEmbeddings =
      layers * RowPool<Float>.requiredBytes(count: 256, width: gateWidth, changes: min(rows, 256))
    let layout = ParameterLayout(self)
    return 4 * layout.count + 2 * ProductWeights.requiredBytes(layout) + embeddings + byteEmbeddings
      + 2 * WindowStorage.requiredBytes(self, rows: rows, lanes: lanes)
      + Learner.requiredBytes(self, rows: rows, lanes: lanes)
      + lanes * (4 * gateWidth + 4 + Network.greatestInputCount(self))
  }

  private static func check(
    _ name: String, _ value: Int, in range: ClosedRange<Int>
  ) throws(ConfigurationError) {
    guard range.contains(value) else {
      throw ConfigurationError(
        message: "\(name): \(value) is not between \(range.lowerBound) and \(range.upperBound)")
    }
  }
}

/// A network's configuration that this version cannot serve.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, in one line without a full stop.
  package let message: String

  /// Makes an error.
  package init(message: String) {
    self.message = message
  }

  /// The message.
  package var description: String { message }
}
