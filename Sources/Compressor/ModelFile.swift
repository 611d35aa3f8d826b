import Contexts
import LSTM

/// What training left: networks of several sizes that share one table of n-gram embeddings.
///
/// The form of the file is specified in `docs/FORMAT.md`.
public struct ModelFile: Sendable {
  /// The table of n-gram embeddings.
  public let ngrams: NgramTable
  /// The networks, the smallest first.
  public let networks: [NetworkPrior]
  /// What the experts start from, beside each network and without one.
  public let experts: [Experts]
  /// What is known of the training, as JSON.
  public let record: [UInt8]

  /// What training left of the experts.
  public struct Experts: Sendable {
    /// The kind of content.
    public let kind: UInt8
    /// The place of the network beside which they were trained, or ``TrainedStart/allNetworks``; nil
    /// for none.
    public let network: Int?
    /// The numbers of `ContextMixer.knowledge`.
    public let knowledge: [UInt16]

    /// Puts together what training left.
    public init(kind: UInt8, network: Int?, knowledge: [UInt16]) {
      self.kind = kind
      self.network = network
      self.knowledge = knowledge
    }
  }

  static let magic: [UInt8] = [0x97, 0x4C, 0x53, 0x50]
  static let version: UInt8 = 1
  /// Greatest number of networks.
  public static let greatestNetworkCount = 15
  private static let alignment = 64
  private static let noNetwork: UInt8 = 255

  /// Puts a model together.
  public init(
    ngrams: NgramTable, networks: [NetworkPrior], experts: [Experts] = [], record: [UInt8]
  ) {
    self.ngrams = ngrams
    self.experts = experts
    self.networks = networks
    self.record = record
  }

  /// The file's bytes.
  public var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.append(Self.magic)
    writer.append([
      Self.version, UInt8(networks.count), UInt8(ngrams.index.rowBits), UInt8(ngrams.width),
    ])
    writer.appendUInt32(ngrams.scale.bitPattern)
    writer.appendUInt32(UInt32(record.count))
    writer.append([UInt8(experts.count), 0, 0, 0])
    for part in experts {
      writer.append([part.kind, part.network.map { UInt8($0) } ?? Self.noNetwork, 0, 0])
      writer.appendUInt32(UInt32(part.knowledge.count))
    }
    for network in networks {
      writer.append([UInt8(network.layers), UInt8(network.cells / 16), UInt8(network.ngrams), 0])
    }
    for network in networks {
      for moment in network.secondMoments { writer.appendUInt32(moment.bitPattern) }
    }
    var bytes = writer.bytes
    func append<Element: BitwiseCopyable>(_ buffer: ConstantBuffer<Element>) {
      bytes += [UInt8](repeating: 0, count: -bytes.count & (Self.alignment - 1))
      bytes += UnsafeRawBufferPointer(buffer.values)
    }
    for network in networks {
      for weights in [network.parameters, network.byteEmbeddings] {
        append(weights.values)
        append(weights.scales)
      }
    }
    append(ngrams.index.checks)
    append(ngrams.values)
    append(ngrams.rowScales)
    for part in experts { append(ConstantBuffer(part.knowledge)) }
    bytes += record
    return bytes
  }

  /// Reads a model file, whose memory the model goes on to use.
  ///
  /// - Throws: ``CompressionError`` with the code `invalidModelFile`.
  /// - Complexity: O(1), but for the memory that is read later.
  public init(_ file: ConstantBuffer<UInt8>) throws(CompressionError) {
    do {
      try self.init(parsing: file)
    } catch let error as ConfigurationError {
      throw CompressionError.invalidModelFile(error.message)
    } catch let error as CompressionError {
      throw error
    } catch {
      throw CompressionError.invalidModelFile("\(error)")
    }
  }

  private init(parsing file: ConstantBuffer<UInt8>) throws {
    var reader = ModelFileReader(file)
    guard try reader.bytes(4) == Self.magic else {
      throw CompressionError.invalidModelFile("it is not a model file")
    }
    let head = try reader.bytes(4)
    guard head[0] == Self.version else {
      throw CompressionError.invalidModelFile("its version, \(head[0]), is not supported")
    }
    let (rowBits, width) = (Int(head[2]), Int(head[3]))
    guard NgramIndex.rowBitsRange.contains(rowBits),
      (1...Self.greatestNetworkCount).contains(Int(head[1]))
    else { throw CompressionError.invalidModelFile("its head is out of range") }
    let scale = Float(bitPattern: try reader.uint32())
    guard scale.isFinite else { throw CompressionError.invalidModelFile("its scale is no number") }
    let recordCount = Int(try reader.uint32())
    let parts = try (0..<reader.bytes(4)[0]).map { _ in
      (fields: try reader.bytes(4), count: Int(try reader.uint32()))
    }
    let shapes = try (0..<head[1]).map { _ in try reader.bytes(4).map(Int.init) }
    guard shapes.allSatisfy({ $0[2] == NgramHasher.contextCount }) else {
      throw CompressionError.invalidModelFile("it has another number of n-grams")
    }
    let sizes = try shapes.map {
      try NetworkPrior.sizes(layers: $0[0], cells: 16 * $0[1], ngrams: $0[2], width: width)
    }
    let moments = try sizes.map { size in
      try (0..<size.secondMoments).map { _ in
        let moment = Float(bitPattern: try reader.uint32())
        guard moment.isFinite, moment >= 0 else {
          throw CompressionError.invalidModelFile("a second moment is no number")
        }
        return moment
      }
    }
    var networks: [NetworkPrior] = []
    for (index, shape) in shapes.enumerated() {
      let parameters = try reader.weights(sizes[index].parameters)
      networks.append(
        try NetworkPrior(
          layers: shape[0], cells: 16 * shape[1], ngrams: shape[2], ngramWidth: width,
          parameters: parameters, byteEmbeddings: try reader.weights(sizes[index].byteEmbeddings),
          secondMoments: moments[index]))
    }
    let index = NgramIndex(rowBits: rowBits, checks: try reader.buffer(1 << rowBits))
    let values: ConstantBuffer<UInt8> = try reader.buffer((width / 2) << rowBits)
    ngrams = NgramTable(
      index: index, width: width, values: values, rowScales: try reader.buffer(1 << rowBits),
      scale: scale)
    self.networks = networks
    experts = try parts.map { part in
      Experts(
        kind: part.fields[0],
        network: part.fields[1] == Self.noNetwork ? nil : Int(part.fields[1]),
        knowledge: Array((try reader.buffer(part.count) as ConstantBuffer<UInt16>).values))
    }
    record = try reader.bytes(recordCount)
    guard reader.isAtEnd else { throw CompressionError.invalidModelFile("it is too long") }
  }
}

/// Reads the parts of a model file in place.
private struct ModelFileReader {
  private let file: ConstantBuffer<UInt8>
  private var position = 0

  init(_ file: ConstantBuffer<UInt8>) { self.file = file }

  var isAtEnd: Bool { position == file.count }

  mutating func bytes(_ count: Int) throws -> [UInt8] {
    guard count <= file.count - position else {
      throw CompressionError.invalidModelFile("it is truncated")
    }
    defer { position += count }
    return Array(file.values[position..<position + count])
  }

  mutating func uint32() throws -> UInt32 {
    try bytes(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  mutating func weights(_ count: Int) throws -> RoundedWeights {
    let values: ConstantBuffer<Int8> = try buffer(count)
    return try RoundedWeights(values: values, scales: buffer(RoundedWeights.blocks(of: count)))
  }

  /// `count` elements from the next place that is a multiple of 64.
  mutating func buffer<Element: BitwiseCopyable>(_ count: Int) throws -> ConstantBuffer<Element> {
    let start = (position + 63) & ~63
    let size = count * MemoryLayout<Element>.stride
    guard start <= file.count, size <= file.count - start else {
      throw CompressionError.invalidModelFile("it is truncated")
    }
    position = start + size
    let memory = UnsafeRawPointer(file.pointer + start)
    return ConstantBuffer(
      pointer: memory.assumingMemoryBound(to: Element.self), count: count, owner: file.owner)
  }
}
