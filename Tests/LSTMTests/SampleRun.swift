// SPDX-License-Identifier: Apache-2.0

import Foundation
import Platform
import Synchronization
import TestSupport

@testable import LSTM

/// Bytes for a network, step by step: first in one lane, from the middle on in all of them.
struct SampleRun {
  struct Step {
    /// Whether the network is split before the step.
    var splits: Bool
    /// The last byte of each lane, the hashes of its contexts, and the byte that comes.
    var before: [UInt8]
    var contexts: [UInt64]
    /// The hashes of each lane's n-grams.
    var ngrams: [UInt64]
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
      contexts: positions.flatMap { hashes(at: $0, count: configuration.contexts, seed: 1) },
      ngrams: positions.flatMap { hashes(at: $0, count: configuration.ngrams, seed: 100) },
      targets: positions.map { bytes[$0] })
  }

  /// Hashes of the last bytes: of none, of one, of two and so on.
  private func hashes(at position: Int, count: Int, seed: Int) -> [UInt64] {
    (0..<count).map { order in
      var hash = UInt64(order + seed) &* 0x9E37_79B9_7F4A_7C15
      for byte in bytes[max(0, position - order)..<position] {
        hash = (hash ^ UInt64(byte)) &* 0xD6E8_FEB8_6659_FD93
        hash ^= hash >> 32
      }
      return hash
    }
  }
}

extension SampleRun {
  /// An index of some of the n-grams of a sample.
  static func index(_ configuration: NetworkConfiguration, bytes: Int, rowBits: Int) -> NgramIndex {
    var run = SampleRun(configuration, bytes: bytes)
    var hashes: [UInt64] = []
    while let step = run.next() { hashes += step.ngrams }
    return NgramIndex(
      rowBits: rowBits, forEachHash: { hashes.forEach($0) },
      worth: { $0 % 3 == 0 ? 0 : UInt8(truncatingIfNeeded: $0 >> 20) })
  }

  /// A table of random rows for it.
  static func table(_ configuration: NetworkConfiguration, index: NgramIndex) -> NgramTable {
    var generator = RandomGenerator(seed: 7)
    let bytes = (configuration.ngramWidth / 2) << index.rowBits
    return NgramTable(
      index: index, width: configuration.ngramWidth,
      values: ConstantBuffer((0..<bytes).map { _ in UInt8(generator.below(256)) }),
      rowScales: ConstantBuffer((0..<1 << index.rowBits).map { _ in UInt8(generator.below(256)) }),
      scale: 0.0007)
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
