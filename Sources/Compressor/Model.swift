import LSTM

/// What predicts the content: a network, context-mixing experts, or both.
///
/// At least one of them; content is stored as it is if there is none.
public struct Model: Hashable, Sendable {
  /// The network; an archive's frame with little content uses fewer embedding rows.
  public var network: NetworkConfiguration?
  /// Whether the experts take part.
  public var hasExperts: Bool

  /// Makes a model, by default that of the standard level.
  public init(
    network: NetworkConfiguration? = NetworkConfiguration(), hasExperts: Bool = true
  ) {
    self.network = network
    self.hasExperts = hasExperts
  }

  /// The lanes in content of the given size: the network's own number, or if that is 1 the one that
  /// measurements suggest.
  func lanes(contentSize: Int) -> Int {
    guard let network else { return 1 }
    if network.lanes > 1 { return network.lanes }
    return LanePlan.lanes(contentSize: contentSize, weights: network.weightCount)
  }
}

/// A point between speed and size, from 1, the fastest.
public struct Level: Hashable, Sendable, CaseIterable {
  /// The number on the command line.
  public let number: Int
  /// What predicts at this level.
  public let model: Model

  /// Makes a point of its own; archives do not hold the number.
  public init(number: Int, model: Model) {
    self.number = number
    self.model = model
  }

  /// The experts alone.
  public static let fast = Level(number: 1, model: Model(network: nil))
  /// The experts and a network of 64 cells.
  public static let standard = Level(number: 2, model: Model())
  /// The experts and a network of two layers of 192 cells.
  public static let best = Level(number: 3, model: Model(network: bestNetwork))

  /// All levels, the fastest first.
  public static let allCases = [fast, standard, best]

  private static var bestNetwork: NetworkConfiguration {
    var network = NetworkConfiguration()
    network.layers = 2
    network.cells = 192
    network.learningRate = 328
    return network
  }
}
