/// The shape of a network and the constants of its learning: all that a decoder must know to build
/// the same network.
public struct NetworkConfiguration: Hashable, Sendable {
  /// Layers, 1 to 8.
  public var layers = 1
  /// Memory cells a layer: a multiple of 16, from 16 to 1024.
  public var cells = 64
  /// Whether the input gate is 1 - the forget gate, which saves a quarter of the work.
  public var hasCoupledGates = true
  /// Steps that backpropagation through time goes back at most, 4 to 255.
  ///
  /// A network begins with 4 steps and comes to its limit with time: see ``LearningSchedule``.
  public var longestWindow = 32
  /// The contexts whose embeddings are added to the first layer's gates.
  public var contexts = ContextSet.all
  /// Binary logarithm of the number of embedding rows that all contexts share, 2 to 24.
  public var embeddingRowBits = 17
  /// The learning rate at the start in units of 2^-16, 1 to 65535.
  public var learningRate = 524

  /// The seed of the initial weights in the archive format.
  public static let defaultSeed: UInt64 = 0x1234567

  /// Makes the default configuration.
  public init() {}

  /// Gates of a layer that have weights of their own: 3 coupled, or 4.
  var gates: Int { hasCoupledGates ? 3 : 4 }
  /// Width of a layer's pre-activations, and of an embedding row.
  var gateWidth: Int { gates * cells }
  /// Cells of all layers.
  var allCells: Int { layers * cells }

  /// Checks every field against its limits.
  ///
  /// - Throws: ``ConfigurationError`` for the first field that is out of its range.
  public func validate() throws(ConfigurationError) {
    try Self.check("layers", layers, in: 1...8)
    try Self.check("cells", cells, in: 16...1024)
    guard cells.isMultiple(of: 16) else {
      throw ConfigurationError(message: "the number of cells, \(cells), is not a multiple of 16")
    }
    try Self.check("longest window", longestWindow, in: 4...255)
    try Self.check("embedding row bits", embeddingRowBits, in: 2...24)
    try Self.check("learning rate", learningRate, in: 1...65535)
    guard ContextSet.all.isSuperset(of: contexts) else {
      throw ConfigurationError(message: "an unknown context is asked for")
    }
  }

  /// Bytes of memory that a network of this shape holds, less what grows with the content.
  ///
  /// The configuration must be valid.
  public var requiredBytes: Int {
    let parameters = ParameterLayout(self).count
    let embeddings = EmbeddingTable.requiredBytes(
      rowBits: contexts.isEmpty ? 0 : embeddingRowBits,
      width: gateWidth)
    let bytesEmbeddings = layers * 257 * gateWidth * 4
    return 4 * parameters * 4 + embeddings + bytesEmbeddings
      + WindowStorage.requiredBytes(self) + ContextHistory.requiredBytes
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
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, in one line without a full stop.
  public let message: String

  /// The message.
  public var description: String { message }
}
