import Contexts
import LSTM

/// What predicts the content: a network, context-mixing experts, or both.
///
/// At least one of them; content is stored as it is if there is none.
public struct Model: Hashable, Sendable {
  /// The network; an archive's frame with little content uses fewer embedding rows.
  ///
  /// Its own number of lanes counts for nothing here.
  public var network: NetworkConfiguration?
  /// What takes the place of ``network``, and of experts that know nothing, where it predicts better.
  public var trained: TrainedStart?
  /// Whether the experts take part.
  public var hasExperts: Bool
  /// The lanes of a network, 1 to 64, in content that is long enough; nil for the number that
  /// measurements suggest for its size.
  public var lanes: Int?

  /// Makes a model, by default that of the standard level.
  public init(
    network: NetworkConfiguration? = NetworkConfiguration(), trained: TrainedStart? = nil,
    hasExperts: Bool = true, lanes: Int? = nil
  ) {
    self.network = network
    self.trained = trained
    self.hasExperts = hasExperts
    self.lanes = lanes
  }

  /// Checks the network's configuration and the number of lanes.
  func validate() throws(ConfigurationError) {
    guard var network else { return }
    network.lanes = lanes ?? 1
    try network.validate()
  }

  /// The lanes in content of the given size.
  func lanes(contentSize: Int, network: NetworkConfiguration) -> Int {
    lanes ?? LanePlan.lanes(contentSize: contentSize, weights: network.weightCount)
  }

  /// The learning rates that an encoder tries for content of a kind; nil for a start from nothing.
  ///
  /// What the model was trained on little, as most binary content, must be learned faster. Experts
  /// without a network are not worth a trial: taught ones are never much worse.
  func rates(kind: Configuration.Kind) -> [LearningRates?] {
    guard let trained else { return [nil] }
    guard trained.index != nil else { return [Self.standardRates] }
    var rates: [LearningRates?] = [Self.standardRates]
    if kind != .text {
      rates.append(LearningRates(dense: RateCode(rate: 256), contexts: RateCode(rate: 512)))
    }
    // Beside all networks there is one that starts from nothing anyway.
    if trained.index != TrainedStart.allNetworks { rates.append(nil) }
    return rates
  }

  /// What tries learning rates in the place of this model: of all networks the last one alone, which
  /// chooses as well in a third of the time.
  var judge: Model {
    guard let trained, trained.index == TrainedStart.allNetworks else { return self }
    var judge = self
    judge.trained = TrainedStart(trained.prior, network: trained.prior.file.networks.count - 1)
    return judge
  }

  /// The learning rates that suit most contents.
  static let standardRates = LearningRates(
    dense: RateCode(rate: 48), contexts: RateCode(rate: 128))
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
  public static let fast = Level(
    number: 1, model: Model(network: nil, trained: start(network: nil)))
  /// The experts and a network of 96 cells.
  public static let standard = Level(
    number: 2, model: Model(network: NetworkConfiguration(), trained: start(network: 0)))
  /// The experts and a network of two layers of 192 cells.
  public static let medium = Level(
    number: 3, model: Model(network: TrainedStart.companion, trained: start(network: 1), lanes: 1))
  /// The experts, the networks of all other levels, and one that starts from nothing.
  public static let best = Level(
    number: 4,
    model: Model(
      network: TrainedStart.companion, trained: start(network: TrainedStart.allNetworks), lanes: 1))

  /// All levels, the fastest first.
  public static let allCases = [fast, standard, medium, best]

  private static func start(network index: Int?) -> TrainedStart? {
    Prior.standard.map { TrainedStart($0, network: index) }
  }
}
