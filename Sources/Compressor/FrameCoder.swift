import ArithmeticCoder
import LSTM

/// Turns a frame's content into the range coder's bytes and back, with one predictor.
enum FrameCoder {
  /// Content bytes between two reports of progress.
  private static let reportInterval = 1024

  /// The payload of a frame.
  ///
  /// - Parameter report: Is told now and then how many bytes are done, and how many of the payload that
  ///   has given.
  /// - Complexity: O(`content.count`) times the network's weights.
  static func encode(
    _ content: [UInt8], model: ModelDescription, threads: Int,
    report: (_ done: Int, _ payloadSize: Int) throws -> Void
  ) throws -> [UInt8] {
    let plan = model.plan(contentSize: content.count)
    var predictor = try Predictor(
      model, contentSize: content.count, plan: plan, threads: threads)
    var encoder = BinaryEncoder()
    for index in content.indices {
      let byte = content[plan.position(index)]
      for shift in stride(from: 7, through: 0, by: -1) {
        let bit = byte >> UInt8(shift) & 1 == 1
        encoder.encode(bit, probability: predictor.probability)
        predictor.update(bit: bit)
      }
      if index % reportInterval == 0 { try report(index, encoder.count) }
    }
    return encoder.finish()
  }

  /// What the experts know after a content, which they began with the knowledge `start`.
  static func knowledge(
    after content: [UInt8], model: ModelDescription, start: [UInt16]?, threads: Int
  ) throws -> [UInt16] {
    var predictor = try Predictor(
      model, contentSize: content.count, plan: model.plan(contentSize: content.count),
      threads: threads, knowledge: start)
    for byte in content {
      for shift in stride(from: UInt8(7), through: 0, by: -1) {
        predictor.update(bit: byte >> shift & 1 == 1)
      }
    }
    return predictor.expertKnowledge
  }

  /// The content of a frame.
  ///
  /// - Throws: ``CompressionError`` with the code `corruptContent` if the payload is not what the
  ///   encoder makes of any content of this size.
  static func decode(
    _ payload: [UInt8], contentSize: Int, model: ModelDescription, threads: Int,
    report: (_ done: Int) throws -> Void
  ) throws -> [UInt8] {
    let plan = model.plan(contentSize: contentSize)
    var predictor = try Predictor(model, contentSize: contentSize, plan: plan, threads: threads)
    var decoder = BinaryDecoder(payload)
    var content = [UInt8](repeating: 0, count: contentSize)
    do {
      for index in 0..<contentSize {
        var byte: UInt8 = 0
        for _ in 0..<8 {
          let bit = try decoder.decode(probability: predictor.probability)
          predictor.update(bit: bit)
          byte = byte << 1 | (bit ? 1 : 0)
        }
        content[plan.position(index)] = byte
        if index % reportInterval == 0 { try report(index) }
      }
      try decoder.finish()
    } catch is ArithmeticCoderError {
      throw CompressionError.corruptContent
    }
    return content
  }
}
