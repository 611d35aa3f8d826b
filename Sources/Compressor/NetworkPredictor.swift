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
  /// The integer probabilities of the next byte's values, each at least 1.
  private var frequencies = [UInt32](repeating: 0, count: 256)
  /// The first value that agrees with the bits so far, and half the number of those that do.
  private var first = 0
  private var halfCount = 128
  private var sum: UInt32 = 0
  private var onesSum: UInt32 = 0

  /// The most probable byte among those that agree with the bits so far.
  private(set) var expectedByte = 0

  /// Makes the network and predicts the first bit.
  ///
  /// - Parameters:
  ///   - contexts: The contexts, which somebody else keeps up to date before a byte's last bit is
  ///     taken in here.
  ///   - embedded: The contexts that the network embeds, by their numbers.
  ///   - prior: What the network starts with, if it was trained; then there are `ngrams`.
  /// - Throws: `ConfigurationError` or `KernelError`, as the network does.
  init(
    configuration: NetworkConfiguration, prior: NetworkPrior?, ngrams: NgramTable?,
    contexts: ContextModel, embedded: [Int], threads: Int
  ) throws {
    network = try Network(
      configuration: configuration,
      ngrams: configuration.ngrams > 0 ? ngrams.map { .table($0) } : nil, threads: threads)
    if let prior { network.start(from: prior) }
    self.contexts = contexts
    self.embedded = embedded
    precondition(embedded.count == configuration.contexts, "another number of contexts")
    lastBytes = [UInt8](repeating: 0, count: configuration.lanes)
    bytes = lastBytes
    hashes = [UInt64](repeating: 0, count: configuration.lanes * embedded.count)
    ngramHashes = [UInt64](
      repeating: 0, count: configuration.ngrams > 0 ? configuration.lanes * configuration.ngrams : 0
    )
    predict()
  }

  /// The probability that the next bit is 1 in units of 2^-32, from 1 to 2^32 - 1.
  var probability: UInt32 {
    UInt32(truncatingIfNeeded: (UInt64(onesSum) << 32) / UInt64(sum))
  }

  /// The class of the probability of `expectedByte`, given the bits so far.
  var confidence: Int {
    let share = UInt64(frequencies[expectedByte]) << 8 / UInt64(sum)
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

  /// Takes in the next bit of the content, the highest bit of a byte first.
  mutating func update(bit: Bool) {
    if bit {
      first += halfCount
      sum = onesSum
    } else {
      sum -= onesSum
    }
    if halfCount == 1 {
      endByte()
    } else {
      halfCount /= 2
      prepareBit()
    }
  }

  private mutating func endByte() {
    bytes[lane] = UInt8(first)
    lane += 1
    if lane == network.lanes {
      lane = 0
      network.learn(bytes)
      if network.lanes < contexts.laneCount { network.split() }
      predict()
    } else {
      prepareByte()
    }
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
        guard let first = hashes.baseAddress else { return }
        for lane in 0..<network.lanes {
          contexts.fillNgramHashes(lane: lane, first + lane * network.configuration.ngrams)
        }
      }
    }
    network.predict(after: lastBytes, contexts: hashes, ngrams: ngramHashes)
    prepareByte()
  }

  private mutating func prepareByte() {
    let scale = Float(1 << 24)
    sum = 0
    for (value, probability) in network.probabilities(lane: lane).enumerated() {
      // What is not above 0 may be NaN, which does not convert.
      let frequency = probability > 0 ? UInt32(min(probability, 1) * scale) + 1 : 1
      frequencies[value] = frequency
      sum += frequency
    }
    first = 0
    halfCount = 128
    expectedByte = 0
    findExpectedByte()
    prepareBit()
  }

  private mutating func prepareBit() {
    onesSum = 0
    for value in first + halfCount..<first + 2 * halfCount { onesSum += frequencies[value] }
    if expectedByte < first || expectedByte >= first + 2 * halfCount { findExpectedByte() }
  }

  private mutating func findExpectedByte() {
    expectedByte = first
    for value in first..<first + 2 * halfCount where frequencies[value] > frequencies[expectedByte]
    {
      expectedByte = value
    }
  }
}
