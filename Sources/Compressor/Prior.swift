import CPrior
import Contexts
import LSTM
import Synchronization

/// How an archive names the model that its networks start from.
public enum PriorReference: Hashable, Sendable, CustomStringConvertible {
  /// A model that is part of the program, by its number.
  case shipped(UInt8)
  /// A model file, by its digest.
  case file(Digest)

  /// "shipped model 1", or the digest.
  public var description: String {
    switch self {
    case .shipped(let number): "shipped model \(number)"
    case .file(let digest): "model \(digest)"
    }
  }
}

/// A trained model, and how archives name it.
public final class Prior: Sendable {
  /// What archives name it.
  public let reference: PriorReference
  /// The networks and their table.
  public let file: ModelFile

  /// Reads a model file.
  ///
  /// - Throws: ``CompressionError`` with the code `invalidModelFile`.
  /// - Complexity: O(`file.count`), for its digest.
  public init(_ file: ConstantBuffer<UInt8>) throws(CompressionError) {
    self.file = try ModelFile(file)
    reference = .file(Digest(of: file.values))
  }

  private init(shipped number: UInt8, _ file: ModelFile) {
    reference = .shipped(number)
    self.file = file
  }

  /// A model that is part of the program; nil if there is none of this number.
  public static func shipped(_ number: UInt8) -> Prior? {
    number == 1 ? standard : nil
  }

  /// The model that is used unless another one is asked for.
  public static let standard = Prior(embedded: 1)

  private convenience init?(embedded number: UInt8) {
    var size = 0
    guard let model = lstmzip_model(Int32(number), &size) else { return nil }
    let memory = ConstantBuffer(pointer: model, count: size, owner: nil)
    guard let file = try? ModelFile(memory) else { return nil }
    self.init(shipped: number, file)
  }
}

/// Finds the models that archives name.
public struct PriorStore: Sendable {
  private let find: @Sendable (Digest) throws -> Prior?
  private let last = LastPrior()

  /// The model that was found last: the frames of an archive name the same one.
  private final class LastPrior: Sendable {
    let prior = Mutex<Prior?>(nil)
  }

  /// Makes a store of the shipped models and those that `find` has.
  public init(find: @escaping @Sendable (Digest) throws -> Prior? = { _ in nil }) {
    self.find = find
  }

  /// The model with the given name; nil if it is not there.
  ///
  /// - Throws: What looking for a file throws.
  public func prior(_ reference: PriorReference) throws -> Prior? {
    switch reference {
    case .shipped(let number): return Prior.shipped(number)
    case .file(let digest):
      return try last.prior.withLock { last in
        if let last, last.reference == reference { return last }
        guard let found = try find(digest) else { return nil }
        last = found
        return found
      }
    }
  }
}

/// What a frame's models start from: one of the networks of a trained model or all of them, and what
/// it knows of the experts beside them.
public struct TrainedStart: Sendable {
  /// The model.
  public let prior: Prior
  /// The place of the network in the model, or ``allNetworks``; nil for the experts alone.
  public let index: Int?

  /// In the place of a network's index: all networks of the model side by side, and ``companion``.
  public static let allNetworks = ModelFile.greatestNetworkCount

  /// The network that starts from nothing beside all of a model: for content unlike all that the model
  /// was trained on.
  public static var companion: NetworkConfiguration {
    var network = NetworkConfiguration()
    network.layers = 2
    network.cells = 192
    network.learningRate = 328
    return network
  }

  /// The network with the given place, or the last one if there are not so many; nil for none.
  public init(_ prior: Prior, network index: Int?) {
    self.prior = prior
    self.index = index.map {
      $0 == Self.allNetworks ? $0 : min(max($0, 0), prior.file.networks.count - 1)
    }
  }

  var networks: [NetworkPrior] {
    switch index {
    case nil: []
    case Self.allNetworks: prior.file.networks
    case let index?: [prior.file.networks[index]]
    }
  }
  var ngrams: NgramTable { prior.file.ngrams }

  /// The configurations of the networks, but for their learning rates and lanes.
  var configurations: [NetworkConfiguration] {
    networks.map { $0.configuration(ngramWidth: ngrams.width) }
  }

  /// What the experts know of content of a kind at the start, if the model says so.
  func expertKnowledge(kind: Configuration.Kind) -> [UInt16]? {
    prior.file.experts.first { $0.kind == kind.rawValue && $0.network == index }?.knowledge
  }
}

extension TrainedStart: Hashable {
  /// Whether both are the same network of the same model.
  public static func == (a: TrainedStart, b: TrainedStart) -> Bool {
    a.prior.reference == b.prior.reference && a.index == b.index
  }

  /// Hashes what is compared.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(prior.reference)
    hasher.combine(index)
  }
}
