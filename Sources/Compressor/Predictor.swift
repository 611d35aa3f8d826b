import LSTM

/// The probability of each bit of the content, one after the other: one object for both directions.
///
/// The network predicts a byte; this type turns its 256 probabilities into those of eight binary
/// decisions, in integers, and shows it the byte when all eight are known. `docs/NUMERICS.md`,
/// section 5, defines the arithmetic.
struct Predictor {
  private let network: Network
  /// The integer probabilities of the next byte's values, each at least 1.
  private var frequencies = [UInt32](repeating: 0, count: 256)
  /// The first value that agrees with the bits so far; half as many more agree as there remain.
  private var first = 0
  private var halfCount = 128
  private var sum: UInt32 = 0
  private var onesSum: UInt32 = 0

  /// Makes the network and predicts the first bit.
  ///
  /// - Throws: `ConfigurationError` or `KernelError`, as the network does.
  init(configuration: NetworkConfiguration) throws {
    network = try Network(configuration: configuration)
    prepareByte()
  }

  /// The probability that the next bit is 1 in units of 2^-32, from 1 to 2^32 - 1.
  var probability: UInt32 {
    UInt32(truncatingIfNeeded: (UInt64(onesSum) << 32) / UInt64(sum))
  }

  /// Takes in the next bit of the content, the highest bit of a byte first.
  mutating func update(bit: Bool) {
    if bit {
      first += halfCount
      sum = onesSum
    } else {
      sum -= onesSum
    }
    if halfCount == 1 {
      network.update(byte: UInt8(first))
      prepareByte()
    } else {
      halfCount /= 2
      onesSum = sumOfOnes()
    }
  }

  private mutating func prepareByte() {
    let scale = Float(1 << 24)
    sum = 0
    for (value, probability) in network.probabilities.enumerated() {
      // What is not above 0 may be NaN, which does not convert.
      let frequency = probability > 0 ? UInt32(min(probability, 1) * scale) + 1 : 1
      frequencies[value] = frequency
      sum += frequency
    }
    first = 0
    halfCount = 128
    onesSum = sumOfOnes()
  }

  private func sumOfOnes() -> UInt32 {
    var total: UInt32 = 0
    for value in first + halfCount..<first + 2 * halfCount { total += frequencies[value] }
    return total
  }
}
