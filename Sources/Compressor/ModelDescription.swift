import LSTM

/// The network's configuration as a frame's header holds it.
struct ModelDescription: Hashable {
  /// The greatest number of bytes that a description may have.
  static let longest = 64
  /// The configuration that is described by no bytes at all.
  static let standard = ModelDescription(configuration: NetworkConfiguration())

  private static let currentFields = 9
  private static let coupledGates: UInt8 = 1

  /// The network's configuration, before it is fitted to the content's size.
  var configuration: NetworkConfiguration

  init(configuration: NetworkConfiguration) {
    self.configuration = configuration
  }

  /// The description's bytes.
  var bytes: [UInt8] {
    guard self != .standard else { return [] }
    var writer = ByteWriter()
    writer.append([
      UInt8(truncatingIfNeeded: configuration.layers),
      UInt8(truncatingIfNeeded: configuration.cells / 16),
      configuration.hasCoupledGates ? Self.coupledGates : 0,
      UInt8(truncatingIfNeeded: configuration.longestWindow),
      UInt8(truncatingIfNeeded: configuration.embeddingRowBits),
    ])
    let contexts = configuration.contexts.rawValue
    writer.append((0..<2).map { UInt8(truncatingIfNeeded: contexts >> UInt16(8 * $0)) })
    writer.append((0..<2).map { UInt8(truncatingIfNeeded: configuration.learningRate >> (8 * $0)) })
    return writer.bytes
  }

  /// Reads a description.
  ///
  /// - Throws: ``CompressionError`` with the code `unsupportedModel` if the bytes describe nothing
  ///   that this version can build.
  init(bytes: [UInt8]) throws(CompressionError) {
    configuration = NetworkConfiguration()
    guard !bytes.isEmpty else { return }
    guard bytes.count == Self.currentFields, bytes[2] & ~Self.coupledGates == 0 else {
      throw CompressionError(.unsupportedModel, "the model is not supported by this version")
    }
    configuration.layers = Int(bytes[0])
    configuration.cells = 16 * Int(bytes[1])
    configuration.hasCoupledGates = bytes[2] == Self.coupledGates
    configuration.longestWindow = Int(bytes[3])
    configuration.embeddingRowBits = Int(bytes[4])
    configuration.contexts = ContextSet(rawValue: UInt16(bytes[5]) | UInt16(bytes[6]) << 8)
    configuration.learningRate = Int(bytes[7]) | Int(bytes[8]) << 8
    do {
      try configuration.validate()
    } catch {
      throw CompressionError(.unsupportedModel, "the model is not supported: \(error.message)")
    }
  }

  /// The configuration for content of the given size: no more embedding rows than can be used.
  ///
  /// Each byte uses at most one row a context; a power of two at least twice that is enough.
  func configuration(forContentSize size: Int) -> NetworkConfiguration {
    var fitted = configuration
    let rows = 2 * size * max(configuration.contexts.contexts.count, 1)
    let bits = Int.bitWidth - max(rows - 1, 1).leadingZeroBitCount
    fitted.embeddingRowBits = min(configuration.embeddingRowBits, max(bits, 8))
    return fitted
  }
}
