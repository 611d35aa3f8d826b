import ArgumentParser
import Compressor

/// How much time may be spent on a small archive.
struct LevelOptions: ParsableArguments {
  enum Choice: Int, EnumerableFlag {
    case fast = 1
    case standard = 2
    case medium = 3
    case best = 4

    static func name(for value: Choice) -> NameSpecification {
      let digit = Character("\(value.rawValue)")
      switch value {
      case .fast: return [.customShort(digit), .customLong("fast")]
      case .standard, .medium: return .customShort(digit)
      case .best: return [.customShort(digit), .customLong("best")]
      }
    }

    static func help(for value: Choice) -> ArgumentHelp? {
      switch value {
      case .fast: "Experts alone: the fastest."
      case .standard: "Experts and a network of 96 cells. (default)"
      case .medium: "Experts and a network of 2 x 192 cells."
      case .best: "Experts, the networks of all levels and one from nothing: the smallest."
      }
    }
  }

  @Flag(exclusivity: .chooseLast) var choice = Choice.standard

  @Flag(name: .customLong("no-experts"), help: "Leave the experts out: the network alone.")
  var leavesExpertsOut = false

  func validate() throws {
    if leavesExpertsOut && choice == .fast {
      throw ValidationError("level 1 has nothing but experts.")
    }
  }

  /// The level, with the networks of `prior` instead of the shipped ones if there is one.
  func level(prior: Prior?) -> Level { adapt(Level.allCases[choice.rawValue - 1], prior: prior) }

  /// All levels, in the same way.
  func allLevels(prior: Prior?) -> [Level] { Level.allCases.map { adapt($0, prior: prior) } }

  private func adapt(_ level: Level, prior: Prior?) -> Level {
    var model = level.model
    if let prior {
      model.trained = TrainedStart(prior, network: level.model.trained?.index)
    }
    if leavesExpertsOut { model.hasExperts = false }
    return Level(number: level.number, model: model)
  }
}
