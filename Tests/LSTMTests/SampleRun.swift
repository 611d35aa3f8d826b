import Foundation
import Synchronization

@testable import LSTM

/// Bytes for a network, step by step: first in one lane, from the middle on in all of them.
struct SampleRun {
  struct Step {
    /// Whether the network is split before the step.
    var splits: Bool
    /// The last byte of each lane, the hashes of its contexts, and the byte that comes.
    var before: [UInt8]
    var contexts: [UInt64]
    var targets: [UInt8]
  }

  private let configuration: NetworkConfiguration
  private let bytes: [UInt8]
  private var positions = [0]
  private var end: Int
  /// Steps so far.
  private(set) var count = 0

  init(_ configuration: NetworkConfiguration, bytes count: Int) {
    self.configuration = configuration
    bytes = Samples.mixed(count: count)
    end = configuration.lanes > 1 ? count / 2 : count
  }

  mutating func next() -> Step? {
    var splits = false
    if positions[0] == end {
      guard positions.count < configuration.lanes else { return nil }
      let share = (bytes.count - end) / configuration.lanes
      positions = (0..<configuration.lanes).map { end + $0 * share }
      end += share
      splits = true
    }
    count += 1
    defer { positions = positions.map { $0 + 1 } }
    return Step(
      splits: splits, before: positions.map { $0 > 0 ? bytes[$0 - 1] : 0 },
      contexts: positions.flatMap(contexts), targets: positions.map { bytes[$0] })
  }

  /// Hashes of the last bytes: of none, of one, of two and so on.
  private func contexts(at position: Int) -> [UInt64] {
    (0..<configuration.contexts).map { order in
      var hash = UInt64(order + 1) &* 0x9E37_79B9_7F4A_7C15
      for byte in bytes[max(0, position - order)..<position] {
        hash = (hash ^ UInt64(byte)) &* 0xD6E8_FEB8_6659_FD93
        hash ^= hash >> 32
      }
      return hash
    }
  }
}

/// Delays of a thread that differ from time to time.
final class Counter: Sendable {
  let value = Atomic<Int>(0)
  private let seed: Int

  init(seed: Int) { self.seed = seed }

  func delay() {
    let count = value.wrappingAdd(1, ordering: .relaxed).oldValue
    var generator = RandomGenerator(seed: UInt64(seed << 32 + count))
    usleep(UInt32(abs(generator.uniform(bound: 1)) * 1000))
  }
}
