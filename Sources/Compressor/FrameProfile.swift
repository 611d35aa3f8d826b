import ArithmeticCoder
import Contexts
import LSTM

/// Runs the parts of compression where they can be timed: for `lstmzip bench --profile`.
public struct FrameProfile {
  private let content: [UInt8]
  private let description: ModelDescription
  private let plan: LanePlan

  /// Prepares to compress `content`, at least one byte, as one frame in one thread.
  public init(_ content: [UInt8], level: Level) {
    self.content = content
    let detected = Configuration.detect(content)
    description = ModelDescription(
      level.model, content: content, detected: detected,
      rates: level.model.rates(kind: detected.kind)[0])
    plan = description.plan(contentSize: content.count)
  }

  /// The network that predicts, if there is one.
  public var network: NetworkConfiguration? { description.network }

  /// The lanes of the content.
  public var lanes: Int { plan.lanes }

  /// Compresses; `observer` is told which phase of the network begins, and nil when it ends.
  ///
  /// - Throws: `ConfigurationError` or `KernelError`, as the network does.
  public func compress(observer: @escaping (NetworkPhase?) -> Void) throws {
    var predictor = try Predictor(
      description, contentSize: content.count, plan: plan, threads: 1)
    predictor.observe(observer)
    var encoder = BinaryEncoder()
    for index in content.indices {
      let byte = content[plan.position(index)]
      for shift in stride(from: 7, through: 0, by: -1) {
        let bit = byte >> UInt8(shift) & 1 == 1
        encoder.encode(bit, probability: predictor.probability)
        predictor.update(bit: bit)
      }
    }
    _ = encoder.finish()
  }

  /// Codes as many bits as the content has, without a model.
  public func runCoder() {
    var encoder = BinaryEncoder()
    for byte in content {
      for shift in 0..<UInt8(8) {
        encoder.encode(byte >> shift & 1 == 1, probability: 1 << 31)
      }
    }
    _ = encoder.finish()
  }
}
