import ContextMixing
import LSTM

/// What predicts a frame, as its header holds it.
struct ModelDescription: Hashable {
  /// The greatest number of bytes that a description may have.
  static let longest = 64

  private static let hasNetwork: UInt8 = 1
  private static let hasExperts: UInt8 = 2
  private static let networkFields = 9
  private static let coupledGates: UInt8 = 1

  /// What the experts are told of the content.
  struct Experts: Hashable {
    var kind: Configuration.Kind
    var recordLength: Int
  }

  /// The network's configuration, before it is fitted to the content's size.
  var network: NetworkConfiguration?
  var experts: Experts?

  /// Describes a model for the given content.
  init(_ model: Model, content: [UInt8]) {
    network = model.network
    if model.hasExperts {
      let detected = Configuration.detect(content)
      experts = Experts(kind: detected.kind, recordLength: detected.recordLength)
    }
  }

  /// The experts' configuration, if there are experts.
  func expertsConfiguration(contentSize: Int) -> Configuration? {
    experts.map {
      Configuration(
        kind: $0.kind, recordLength: $0.recordLength, contentSize: contentSize,
        hasOutsideModel: network != nil)
    }
  }

  /// Bytes of memory that a frame's models and buffers take at most.
  func requiredBytes(contentSize: Int, payloadSize: Int) -> Int {
    let network = network?.fitted(toContentSize: contentSize).requiredBytes ?? 0
    let experts = expertsConfiguration(contentSize: contentSize)?.requiredBytes ?? 0
    // The content is held by the decoder and by the network's history.
    return network + experts + 2 * contentSize + payloadSize
  }

  /// The description's bytes.
  var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.append([
      (network == nil ? 0 : Self.hasNetwork) | (experts == nil ? 0 : Self.hasExperts)
    ])
    if let experts {
      writer.append([experts.kind.rawValue])
      writer.appendVarint(experts.recordLength)
    }
    if let network, network != NetworkConfiguration() {
      writer.append([
        UInt8(truncatingIfNeeded: network.layers),
        UInt8(truncatingIfNeeded: network.cells / 16),
        network.hasCoupledGates ? Self.coupledGates : 0,
        UInt8(truncatingIfNeeded: network.longestWindow),
        UInt8(truncatingIfNeeded: network.embeddingRowBits),
      ])
      writer.appendUInt16(network.contexts.rawValue)
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
      if models & Self.hasExperts != 0 {
        guard let kind = Configuration.Kind(rawValue: try reader.byte()) else { throw unsupported }
        experts = Experts(
          kind: kind, recordLength: try reader.varint(limit: Configuration.maximumRecordLength))
      }
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
    network.contexts = ContextSet(rawValue: UInt16(fields[5]) | UInt16(fields[6]) << 8)
    network.learningRate = Int(fields[7]) | Int(fields[8]) << 8
    try network.validate()
    return network
  }
}

extension NetworkConfiguration {
  /// The configuration for content of the given size: no more embedding rows than can be used.
  ///
  /// Each byte uses at most one row a context; a power of two at least twice that is enough.
  func fitted(toContentSize size: Int) -> NetworkConfiguration {
    var fitted = self
    let rows = 2 * size * max(contexts.contexts.count, 1)
    let bits = Int.bitWidth - max(rows - 1, 1).leadingZeroBitCount
    fitted.embeddingRowBits = min(embeddingRowBits, max(bits, 8))
    return fitted
  }
}
