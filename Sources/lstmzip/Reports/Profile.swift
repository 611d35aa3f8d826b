// SPDX-License-Identifier: Apache-2.0

import LSTM
import Prediction

/// Where the time of compression goes: `lstmzip bench --profile`.
///
/// In one thread, whatever the machine has. The experts' part is what the network and the coder
/// leave: it includes the contexts, which both use.
struct Profile {
  private let hasExperts: Bool
  private let lanes: Int
  private let network: NetworkConfiguration?
  private let bytes: Int
  private let seconds: Double
  private let coderSeconds: Double
  private let phases: [NetworkPhase: Double]
  /// Operations a second of one core, measured before and after.
  private let peak: Double

  /// Compresses `content`, which has a byte at least.
  init(of content: [UInt8], level: LevelChoice) throws {
    hasExperts = level.options.hasExperts
    bytes = content.count
    let profile = PredictionProfile(content, options: level.options)
    lanes = profile.lanes
    network = profile.network
    let clock = ContinuousClock()
    let peakBefore = Self.peak(clock)
    var phases: [NetworkPhase: Double] = [:]
    var current: (NetworkPhase, ContinuousClock.Instant)?
    let elapsed = try clock.measure {
      try profile.run { phase in
        let now = clock.now
        if let (phase, start) = current { phases[phase, default: 0] += (now - start) / .seconds(1) }
        current = phase.map { ($0, now) }
      }
    }
    seconds = elapsed / .seconds(1)
    self.phases = phases
    coderSeconds = min(clock.measure { profile.runCoder() } / .seconds(1), seconds)
    peak = max(peakBefore, Self.peak(clock))
  }

  private static func peak(_ clock: ContinuousClock) -> Double {
    (0..<5).map { _ in
      var operations = 0
      let elapsed = clock.measure { operations = InstructionSet.runAtPeak(rounds: 100_000) }
      return Double(operations) / (elapsed / .seconds(1))
    }.max() ?? 0
  }

  /// The report, a few lines.
  var lines: [String] {
    let speed = Format.fixed(Double(bytes) / seconds / 1000, decimals: 1)
    var lines = [
      "  1 thread, \(lanes) \(lanes == 1 ? "lane" : "lanes"), \(InstructionSet.name): "
        + "\(speed) KB/s; peak of a core \(Format.fixed(peak * 1e-9, decimals: 0)) GFLOP/s"
    ]
    var rest = seconds - coderSeconds
    var networkSeconds = 0.0
    var networkOperations = 0
    if let network {
      for phase in NetworkPhase.allCases {
        let time = phases[phase] ?? 0
        let operations = network.productOperations(of: phase) * bytes
        lines.append(line("\(phase)", time, operations))
        rest -= time
        networkSeconds += time
        networkOperations += operations
      }
    }
    lines.append(line(hasExperts ? "experts" : "contexts", rest, 0))
    lines.append(line("coder", coderSeconds, 0))
    if networkOperations > 0 { lines.append(line("network", networkSeconds, networkOperations)) }
    lines.append(line("all", seconds, networkOperations))
    return lines
  }

  private func line(_ name: String, _ time: Double, _ operations: Int) -> String {
    func column(_ value: Double, _ decimals: Int, _ width: Int) -> String {
      Format.fixed(value, decimals: decimals, width: width)
    }
    let share =
      "  \(Format.padded(name, to: 10, on: .right)) \(column(100 * time / seconds, 1, 5)) %"
      + "  \(column(1e6 * time / Double(bytes), 2, 6)) us a byte"
    guard operations > 0, time > 0 else { return share }
    let speed = Double(operations) / time
    return share
      + "  \(column(Double(operations) / Double(bytes) * 1e-6, 3, 7)) MFLOP a byte"
      + "  \(column(speed * 1e-9, 1, 6)) GFLOP/s"
      + "  \(column(100 * speed / peak, 0, 3)) % of the peak"
  }
}
