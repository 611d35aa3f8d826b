import Foundation

@testable import Training

/// A training small enough for debug builds.
enum Samples {
  /// Words, line feeds, runs, records and random bytes.
  static func mixed(count: Int, seed: UInt64) -> [UInt8] {
    let words = ["the", "cell", "Gate", "forgets", "an", "output", "of", "memory", "\u{E9}t\u{E9}"]
    var state = seed
    func next(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }
    var bytes: [UInt8] = []
    while bytes.count < count {
      switch next(14) {
      case 0: bytes.append(UInt8(ascii: "\n"))
      case 1: bytes += [UInt8](repeating: UInt8(next(256)), count: Int(next(50)))
      case 2: bytes += (0..<next(6)).map { _ in UInt8(next(256)) }
      case 3: bytes += [0, 1, UInt8(next(9)), 0, 0, 0x80, UInt8(next(3)), 0]
      default: bytes += Array(words[Int(next(UInt64(words.count)))].utf8) + [UInt8(ascii: " ")]
      }
    }
    return Array(bytes.prefix(count))
  }

  /// Files of several sizes, one of them shorter than a window, one longer than a piece.
  static let files: [[UInt8]] = [5000, 3, 40_000, 2048, 11_000, 0, 16, 6000].enumerated().map {
    mixed(count: $1, seed: UInt64($0 + 1))
  }

  static let data = TrainingData(files: files, windowSteps: 16)

  /// More than one pass, in several segments.
  static let plan: TrainingPlan = {
    var plan = TrainingPlan(layers: 1, cells: 16, byteBudget: 70_000)
    plan.ngramRowBits = 10
    plan.lanes = 4
    plan.windowSteps = 16
    return plan
  }()
}

/// A folder that is removed with this object.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("lstmzip-training-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}
