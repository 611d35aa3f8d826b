import ContextMixing
import Contexts
import LSTM

/// What predicts a frame, as its header holds it.
struct ModelDescription: Hashable {
  /// The greatest number of bytes that a description may have.
  static let longest = 64

  private static let hasNetwork: UInt8 = 1
  private static let hasExperts: UInt8 = 2
  private static let isTrained: UInt8 = 4
  private static let networkFields = 8
  private static let coupledGates: UInt8 = 1

  /// The configuration of the network, the last trained one if there are several, before it is fitted
  /// to the content's size; of a trained network whose model is missing that of no network.
  private(set) var network: NetworkConfiguration?
  /// What the models start from, if they were trained.
  private(set) var start: TrainedStart?
  /// The model that the frame names and that is not there.
  private(set) var missing: PriorReference?
  /// Whether the experts take part.
  let hasExperts: Bool
  /// What the contexts are told of the content.
  private let kind: Configuration.Kind
  private let recordLength: Int

  /// Describes a model for the given content.
  ///
  /// - Parameter rates: The learning rates of a trained network; nil for a network that starts from
  ///   nothing.
  init(_ model: Model, content: [UInt8], detected: Configuration, rates: LearningRates?) {
    kind = detected.kind
    recordLength = detected.recordLength
    hasExperts = model.hasExperts
    network = model.network
    if let trained = model.trained, let rates {
      start = trained
      network = trained.configurations.last
      set(rates)
    }
    guard let network else { return }
    var lanes = max(model.lanes(contentSize: content.count, network: network), 1)
    // The header of a trained network holds the logarithm of the lanes.
    if start != nil { lanes = 1 << (Int.bitWidth - 1 - lanes.leadingZeroBitCount) }
    self.network?.lanes = max(LanePlan(contentSize: content.count, lanes: lanes).lanes, 1)
  }

  private mutating func set(_ rates: LearningRates) {
    network?.learningRate = rates.dense.rate
    network?.contextLearningRate = rates.contexts.rate
  }

  /// The order of the bytes of a frame.
  func plan(contentSize: Int) -> LanePlan {
    LanePlan(contentSize: contentSize, lanes: network?.lanes ?? 1)
  }

  /// What the contexts are told.
  func contextConfiguration(contentSize: Int) -> Configuration {
    var configuration = Configuration(
      kind: kind, recordLength: recordLength, contentSize: contentSize,
      outsideModels: networks.count)
    configuration.lanes = network?.lanes ?? 1
    // Taught experts were taught in all contexts.
    configuration.hasFewContexts = network != nil && start == nil
    return configuration
  }

  /// The configurations of all networks, the trained ones first, before they are fitted to the
  /// content's size.
  private var networks: [NetworkConfiguration] {
    guard let network, let start else { return network.map { [$0] } ?? [] }
    var networks = start.configurations
    for index in networks.indices {
      networks[index].learningRate = network.learningRate
      networks[index].contextLearningRate = network.contextLearningRate
    }
    if start.index == TrainedStart.allNetworks { networks.append(TrainedStart.companion) }
    for index in networks.indices { networks[index].lanes = network.lanes }
    return networks
  }

  /// The networks' configurations for content of the given size: no more embedding rows than can be
  /// used.
  ///
  /// Each byte uses at most one row a context; a power of two at least twice that is enough.
  func networkConfigurations(contentSize: Int) -> [NetworkConfiguration] {
    networks.enumerated().map { index, network in
      var fitted = network
      fitted.contexts = embeddedContexts(ofNetwork: index).count
      let rows = 2 * contentSize * max(fitted.contexts, 1)
      let bits = Int.bitWidth - max(rows - 1, 1).leadingZeroBitCount
      fitted.embeddingRowBits = min(fitted.embeddingRowBits, max(bits, 8))
      return fitted
    }
  }

  /// The contexts that a network embeds.
  func embeddedContexts(ofNetwork index: Int) -> [Int] {
    let isTrained = index < start?.networks.count ?? 0
    return kind.embeddedContexts(few: hasExperts && !isTrained)
  }

  /// Bytes of memory that a frame's models and buffers take at most, without the model file's.
  func requiredBytes(contentSize: Int, payloadSize: Int) -> Int {
    let networks = networkConfigurations(contentSize: contentSize).map(\.requiredBytes)
    let configuration = contextConfiguration(contentSize: contentSize)
    let experts = hasExperts ? configuration.requiredBytes : configuration.contextBytes
    return networks.reduce(0, +) + experts + contentSize + payloadSize
  }
}

/// The learning rates of a trained network.
struct LearningRates: Hashable {
  /// Of the weights, and of the context embeddings, which start from zero.
  var dense: RateCode
  var contexts: RateCode
}

/// A learning rate in a byte: four bits of exponent above four bits of mantissa.
struct RateCode: Hashable {
  var code: UInt8

  /// The rate in units of 2^-16: from 1 to 65535.
  var rate: Int {
    let mantissa = 16 + Int(code & 15)
    return min(max((mantissa << Int(code >> 4)) >> 4, 1), 65535)
  }

  /// The code of the greatest rate that is not above `rate`, in units of 2^-16.
  init(rate: Int) {
    let exponent = max(0, min(15, Int.bitWidth - 1 - max(rate, 1).leadingZeroBitCount))
    code = UInt8(exponent << 4 | min(15, ((max(rate, 1) << 4) >> exponent) - 16))
  }

  init(code: UInt8) {
    self.code = code
  }
}

// The header's bytes.
extension ModelDescription {
  /// The description's bytes.
  var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.append([
      (network == nil ? 0 : Self.hasNetwork) | (hasExperts ? Self.hasExperts : 0)
        | (start == nil ? 0 : Self.isTrained), kind.rawValue,
    ])
    writer.appendVarint(recordLength)
    if let start {
      if let network, let index = start.index {
        writer.append([
          UInt8(index) << 4 | UInt8(network.lanes.trailingZeroBitCount),
          RateCode(rate: network.learningRate).code,
          RateCode(rate: network.contextLearningRate ?? network.learningRate).code,
        ])
      }
      switch start.prior.reference {
      case .shipped(let number): writer.append([number])
      case .file(let digest):
        writer.append([0])
        for shift in stride(from: 0, to: UInt64(64), by: 8) {
          writer.append([UInt8(truncatingIfNeeded: digest.value >> shift)])
        }
      }
    } else if let network, network != NetworkConfiguration() {
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
  ///   that this version can build, and what looking for a model throws. A model that is not there
  ///   is ``missing``.
  init(bytes: [UInt8], priors: PriorStore) throws {
    var rest = bytes[...]
    var reader = ByteReader { _ in
      defer { rest = [] }
      return Array(rest)
    }
    do {
      let models = try reader.byte()
      guard models & ~(Self.hasNetwork | Self.hasExperts | Self.isTrained) == 0,
        models & (Self.hasNetwork | Self.hasExperts) != 0
      else { throw Self.unsupported }
      hasExperts = models & Self.hasExperts != 0
      guard let kind = Configuration.Kind(rawValue: try reader.byte()) else {
        throw Self.unsupported
      }
      self.kind = kind
      recordLength = try reader.varint(limit: Configuration.maximumRecordLength)
      if models & Self.isTrained != 0 {
        try readTrained(&reader, priors, hasNetwork: models & Self.hasNetwork != 0)
      } else if models & Self.hasNetwork != 0 {
        network = NetworkConfiguration()
        let fields = try reader.bytes(upTo: Self.networkFields)
        if !fields.isEmpty { network = try Self.network(fields) }
      }
      guard try reader.isAtEnd() else { throw Self.unsupported }
    } catch let error as ConfigurationError {
      throw CompressionError(.unsupportedModel, "the model is not supported: \(error.message)")
    } catch let error as CompressionError where [.truncated, .corruptHeader].contains(error.code) {
      throw Self.unsupported
    }
  }

  private static let unsupported = CompressionError(
    .unsupportedModel, "the model is not supported by this version")

  private mutating func readTrained(
    _ reader: inout ByteReader, _ priors: PriorStore, hasNetwork: Bool
  ) throws {
    let fields = try reader.bytes(count: hasNetwork ? 3 : 0).map(Int.init)
    let number = try reader.byte()
    var reference = PriorReference.shipped(number)
    if number == 0 {
      let digits = try reader.bytes(count: 8)
      reference = .file(Digest(value: digits.reversed().reduce(0) { $0 << 8 | UInt64($1) }))
    }
    guard let prior = try priors.prior(reference) else {
      missing = reference
      return
    }
    guard hasNetwork else {
      start = TrainedStart(prior, network: nil)
      return
    }
    let index = fields[0] >> 4
    guard
      index < prior.file.networks.count || (index == TrainedStart.allNetworks && hasExperts)
    else { throw Self.unsupported }
    let trained = TrainedStart(prior, network: index)
    start = trained
    network = trained.configurations.last
    network?.lanes = 1 << (fields[0] & 15)
    set(
      LearningRates(
        dense: RateCode(code: UInt8(fields[1])), contexts: RateCode(code: UInt8(fields[2]))))
    try network?.validate()
  }

  private static func network(_ fields: [UInt8]) throws -> NetworkConfiguration {
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
