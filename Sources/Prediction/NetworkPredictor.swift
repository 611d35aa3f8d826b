// SPDX-License-Identifier: Apache-2.0

import ContextMixing
import Contexts
import LSTM

/// Turns the network's 256 probabilities of a byte into those of eight binary decisions.
///
/// In integers. The lanes take turns, a byte each; the network is shown their bytes when all of them
/// are known.
struct NetworkPredictor {
  private let network: Network
  private let contexts: ContextModel
  private let embedded: [Int]
  /// The lane whose byte is predicted.
  private var lane = 0
  /// The last byte of each lane, the one that came now, and the hashes of its contexts.
  private var lastBytes: [UInt8]
  private var bytes: [UInt8]
  private var hashes: [UInt64]
  private var ngramHashes: [UInt64]
  private var frequencies: ByteFrequencies

  /// Makes the network; ``startByte()`` comes next.
  ///
  /// - Parameters:
  ///   - contexts: The contexts, which are up to date before a byte's last bit is taken in here.
  ///   - embedded: The contexts that the network embeds, by their numbers.
  ///   - trained: What the network starts with, if it was trained; then there are `ngrams`.
  /// - Throws: `ConfigurationError`, as the network does.
  init(
    configuration: NetworkConfiguration, trained: TrainedNetwork?, ngrams: NgramTable?,
    contexts: ContextModel, embedded: [Int], threads: Int
  ) throws {
    network = try Network(
      configuration: configuration,
      ngrams: configuration.ngrams > 0 ? ngrams.map { .table($0) } : nil, threads: threads)
    if let trained { network.start(from: trained) }
    frequencies = ByteFrequencies(for: network)
    self.contexts = contexts
    self.embedded = embedded
    precondition(embedded.count == configuration.contexts, "another number of contexts")
    lastBytes = [UInt8](repeating: 0, count: configuration.lanes)
    bytes = lastBytes
    hashes = [UInt64](repeating: 0, count: configuration.lanes * embedded.count)
    ngramHashes = [UInt64](
      repeating: 0, count: configuration.ngrams > 0 ? configuration.lanes * configuration.ngrams : 0
    )
  }

  /// The probability that the next bit is 1 in units of 2^-32, from 1 to 2^32 - 1.
  var probability: UInt32 { frequencies.probability }

  /// What the experts' mixers are told of the next bit.
  var prediction: AuxiliaryPrediction {
    AuxiliaryPrediction(
      probability: frequencies.probability,
      expectedByte: UInt8(truncatingIfNeeded: frequencies.expectedByte),
      confidence: Self.confidence(share: frequencies.expectedShare))
  }

  /// The class of the most probable byte's probability, in units of 2^-8, given the bits so far.
  private static func confidence(share: Int) -> Int {
    switch share {
    case ..<32: return 0
    case ..<64: return 1
    case ..<112: return 2
    case ..<160: return 3
    case ..<208: return 4
    case ..<240: return 5
    case ..<253: return 6
    default: return 7
    }
  }

  /// See `Network.observer`.
  func observe(_ observer: @escaping (NetworkPhase?) -> Void) { network.observer = observer }

  /// Asks the memory for what the network will look at, when the contexts behind the lane's byte are
  /// known but its last bit was not taken in here.
  ///
  /// Mutating, so that it works in place: of a value in an array a copy would be made.
  mutating func prefetch() {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: embedded.count + ngramHashes.count) {
      let source = contexts.hashes(lane: lane)
      for (index, context) in embedded.enumerated() { $0[index] = source[context] }
      let ngrams = UnsafeMutableBufferPointer(rebasing: $0[embedded.count...])
      if !ngrams.isEmpty { contexts.fillNgramHashes(lane: lane, ngrams) }
      network.prefetch(contexts: UnsafeBufferPointer($0), ngrams: UnsafeBufferPointer(ngrams))
    }
  }

  /// Takes in the next bit of a byte, but the last one.
  mutating func update(bit: Bool) { frequencies.update(bit: bit) }

  /// Takes in a byte when its last bit has come, and the contexts have taken it in already.
  mutating func endByte(_ byte: UInt8) {
    bytes[lane] = byte
    lane += 1
    if lane == network.lanes {
      lane = 0
      network.learn(bytes)
      if network.lanes < contexts.laneCount { network.split() }
    }
  }

  /// Predicts the byte that comes next.
  mutating func startByte() {
    if lane == 0 { predict() } else { frequencies.start(network, lane: lane) }
  }

  private mutating func predict() {
    for lane in 0..<network.lanes {
      let source = contexts.hashes(lane: lane)
      for (index, context) in embedded.enumerated() {
        hashes[lane * embedded.count + index] = source[context]
      }
      lastBytes[lane] = contexts.lastByte(lane: lane)
    }
    if network.configuration.ngrams > 0 {
      ngramHashes.withUnsafeMutableBufferPointer { hashes in
        for lane in 0..<network.lanes {
          let first = lane * network.configuration.ngrams
          contexts.fillNgramHashes(
            lane: lane, UnsafeMutableBufferPointer(rebasing: hashes[first...]))
        }
      }
    }
    network.predict(after: lastBytes, contexts: hashes, ngrams: ngramHashes)
    frequencies.start(network, lane: lane)
  }
}
