import ContextMixing
import LSTM

/// The probability of each bit of the content, one after the other: one object for both directions.
///
/// With a network alone its prediction is the result; with experts alone theirs is; with both the
/// experts' mixers take the network's prediction as one more. `docs/NUMERICS.md`, section 5, defines
/// the arithmetic.
struct Predictor {
  private var network: NetworkPredictor?
  private let experts: ContextMixer?

  /// The probability that the next bit is 1 in units of 2^-32, from 1 to 2^32 - 1.
  private(set) var probability: UInt32 = 1 << 31

  /// Makes the models for content of the given size, and predicts the first bit.
  ///
  /// - Throws: `ConfigurationError` or `KernelError`, as the network does.
  init(_ description: ModelDescription, contentSize: Int) throws {
    try InstructionSet.checkSelection()
    network = try description.network.map {
      try NetworkPredictor(configuration: $0.fitted(toContentSize: contentSize))
    }
    experts = description.expertsConfiguration(contentSize: contentSize).map(ContextMixer.init)
    predict()
  }

  /// Takes in the next bit of the content, the highest bit of a byte first.
  mutating func update(bit: Bool) {
    experts?.update(bit: bit)
    network?.update(bit: bit)
    predict()
  }

  private mutating func predict() {
    guard let experts else {
      if let network { probability = network.probability }
      return
    }
    if let network {
      experts.consider(
        OutsidePrediction(
          probability: network.probability, expectedByte: UInt8(network.expectedByte),
          confidence: network.confidence))
    }
    probability = experts.probability()
  }
}
