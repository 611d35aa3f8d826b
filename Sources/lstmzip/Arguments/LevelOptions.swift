// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import LSTMArchive
import Prediction

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
      case .standard:
        "Experts and a network of 96 cells. (default, unless LSTMZIP_LEVEL says another)"
      case .medium: "Experts and a network of 2 x 192 cells."
      case .best:
        "Experts, the networks of all levels and an untrained one: the smallest. -5 to -9 are the same."
      }
    }
  }

  @Flag(exclusivity: .chooseLast) var option: Choice?

  @Flag(name: .customLong("no-experts"), help: "Leave the experts out: the network alone.")
  var leavesExpertsOut = false

  func validate() throws {
    let choice = try Self.choice(option)
    if leavesExpertsOut && choice == .fast {
      throw ValidationError("level 1 has nothing but experts.")
    }
    if leavesExpertsOut && choice == .best {
      throw ValidationError("level 4 needs the experts: their mixers join its networks.")
    }
  }

  private var choice: Choice { (try? Self.choice(option)) ?? .standard }

  private static func choice(_ option: Choice?) throws -> Choice {
    if let option { return option }
    guard let text = Environment.value("LSTMZIP_LEVEL"), !text.isEmpty else { return .standard }
    guard let number = Int(text), (1...9).contains(number) else {
      throw ValidationError("LSTMZIP_LEVEL: \(text) is no level from 1 to 9.")
    }
    return Choice(rawValue: number) ?? .best
  }

  /// The level, with the networks of `model` instead of the shipped ones if there is one.
  func chosen(_ model: Model?, unpacks: Bool = true) throws -> LevelChoice {
    var choice = try adapted(Level(rawValue: choice.rawValue) ?? .standard, model)
    choice.unpacks = unpacks
    return choice
  }

  /// All levels, in the same way.
  func all(_ model: Model?) throws -> [LevelChoice] {
    try Level.allCases.map { try adapted($0, model) }
  }

  private func adapted(_ level: Level, _ model: Model?) throws -> LevelChoice {
    var compressor = Compressor(level: level)
    compressor.model = model
    var options = try compressor.predictorOptions()
    if leavesExpertsOut { options.hasExperts = false }
    return LevelChoice(number: level.rawValue, options: options)
  }
}

/// What predicts at a level of the command line.
struct LevelChoice: Sendable {
  var number: Int
  var options: PredictorOptions
  /// Whether deflate streams are unpacked.
  var unpacks = true

  /// A compressor of this level.
  var compressor: Compressor {
    var compressor = Compressor()
    compressor.options = options
    compressor.unpacks = unpacks
    return compressor
  }
}
