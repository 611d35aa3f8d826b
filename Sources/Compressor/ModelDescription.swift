import ContextMixing
import Contexts
import LSTM

/// What predicts a frame, as its header holds it.
struct ModelDescription: Hashable {
  /// The greatest number of bytes that a description may have.
  static let longest = 64

  private static let hasNetwork: UInt8 = 1
  private static let hasExperts: UInt8 = 2
  private static let networkFields = 8
  private static let coupledGates: UInt8 = 1

  /// The network's configuration, before it is fitted to the content's size.
  private(set) var network: NetworkConfiguration?
  /// Whether the experts take part.
  let hasExperts: Bool
  /// What the contexts are told of the content.
  private let kind: Configuration.Kind
  private let recordLength: Int

  /// Describes a model for the given content.
  init(_ model: Model, content: [UInt8]) {
    let detected = Configuration.detect(content)
    kind = detected.kind
    recordLength = detected.recordLength
    hasExperts = model.hasExperts
    network = model.network
    network?.lanes = max(
      LanePlan(contentSize: content.count, lanes: model.lanes(contentSize: content.count)).lanes, 1)
  }

  /// The order of the bytes of a frame.
  func plan(contentSize: Int) -> LanePlan {
    LanePlan(contentSize: contentSize, lanes: network?.lanes ?? 1)
  }

  /// What the contexts are told.
  func contextConfiguration(contentSize: Int) -> Configuration {
    var configuration = Configuration(
      kind: kind, recordLength: recordLength, contentSize: contentSize,
      hasOutsideModel: network != nil)
    configuration.lanes = network?.lanes ?? 1
    return configuration
  }

  /// The network's configuration for content of the given size: no more embedding rows than can be
  /// used.
  ///
  /// Each byte uses at most one row a context; a power of two at least twice that is enough.
  func networkConfiguration(contentSize: Int) -> NetworkConfiguration? {
    guard var fitted = network else { return nil }
    fitted.contexts = kind.embeddedContexts.count
    let rows = 2 * contentSize * max(fitted.contexts, 1)
    let bits = Int.bitWidth - max(rows - 1, 1).leadingZeroBitCount
    fitted.embeddingRowBits = min(fitted.embeddingRowBits, max(bits, 8))
    return fitted
  }

  /// Bytes of memory that a frame's models and buffers take at most.
  func requiredBytes(contentSize: Int, payloadSize: Int) -> Int {
    let network = networkConfiguration(contentSize: contentSize)?.requiredBytes ?? 0
    let configuration = contextConfiguration(contentSize: contentSize)
    let experts = hasExperts ? configuration.requiredBytes : configuration.contextBytes
    return network + experts + contentSize + payloadSize
  }

  /// The description's bytes.
  var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.append([
      (network == nil ? 0 : Self.hasNetwork) | (hasExperts ? Self.hasExperts : 0), kind.rawValue,
    ])
    writer.appendVarint(recordLength)
    if let network, network != NetworkConfiguration() {
      writer.append([
        UInt8(truncatingIfNeeded: network.layers),
        UInt8(truncatingIfNeeded: network.cells / 16),
        network.hasCoupledGates ? Self.coupledGates : 0,
        UInt8(truncatingIfNeeded: network.longestWindow),
        UInt8(truncatingIfNeeded: network.embeddingRowBits),
      ])
      writer.append([UInt8(truncatingIfNeeded: network.lanes)])
      writer.appendUInt16(UInt16(truncatingIfNeeded: network.learningRate))
    }
    return writer.bytes
  }

  /// Reads a description.
  ///
  /// - Throws: ``CompressionError`` with the code `unsupportedModel` if the bytes describe nothing
  ///   that this version can build.
  init(bytes: [UInt8]) throws {
    var rest = bytes[...]
    var reader = ByteReader { _ in
      defer { rest = [] }
      return Array(rest)
    }
    let unsupported = CompressionError(
      .unsupportedModel, "the model is not supported by this version")
    do {
      let models = try reader.byte()
      guard models & ~(Self.hasNetwork | Self.hasExperts) == 0, models != 0 else {
        throw unsupported
      }
      hasExperts = models & Self.hasExperts != 0
      guard let kind = Configuration.Kind(rawValue: try reader.byte()) else { throw unsupported }
      self.kind = kind
      recordLength = try reader.varint(limit: Configuration.maximumRecordLength)
      if models & Self.hasNetwork != 0 {
        network = NetworkConfiguration()
        let fields = try reader.bytes(upTo: Self.networkFields)
        if !fields.isEmpty { network = try Self.network(fields, unsupported) }
      }
      guard try reader.isAtEnd() else { throw unsupported }
    } catch let error as ConfigurationError {
      throw CompressionError(.unsupportedModel, "the model is not supported: \(error.message)")
    } catch {
      throw unsupported
    }
  }

  private static func network(
    _ fields: [UInt8], _ unsupported: CompressionError
  ) throws -> NetworkConfiguration {
    guard fields.count == networkFields, fields[2] & ~coupledGates == 0 else { throw unsupported }
    var network = NetworkConfiguration()
    network.layers = Int(fields[0])
    network.cells = 16 * Int(fields[1])
    network.hasCoupledGates = fields[2] == coupledGates
    network.longestWindow = Int(fields[3])
    network.embeddingRowBits = Int(fields[4])
    network.lanes = Int(fields[5])
    network.learningRate = Int(fields[6]) | Int(fields[7]) << 8
    try network.validate()
    return network
  }
}
