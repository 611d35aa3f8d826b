import ArithmeticCoder
import LSTM

/// Turns a frame's content into the range coder's bytes and back, with one predictor.
enum FrameCoder {
  /// Content bytes between two reports of progress.
  private static let reportInterval = 1024

  /// The payload of a frame.
  ///
  /// - Complexity: O(`content.count`) times the network's weights.
  static func encode(
    _ content: [UInt8], model: ModelDescription, report: (_ done: Int) throws -> Void
  ) throws -> [UInt8] {
    var predictor = try Predictor(model, contentSize: content.count)
    var encoder = BinaryEncoder()
    for (position, byte) in content.enumerated() {
      for shift in stride(from: 7, through: 0, by: -1) {
        let bit = byte >> UInt8(shift) & 1 == 1
        encoder.encode(bit, probability: predictor.probability)
        predictor.update(bit: bit)
      }
      if position % reportInterval == 0 { try report(position) }
    }
    return encoder.finish()
  }

  /// The content of a frame.
  ///
  /// - Throws: ``CompressionError`` with the code `corruptContent` if the payload is not what the
  ///   encoder makes of any content of this size.
  static func decode(
    _ payload: [UInt8], contentSize: Int, model: ModelDescription,
    report: (_ done: Int) throws -> Void
  ) throws -> [UInt8] {
    var predictor = try Predictor(model, contentSize: contentSize)
    var decoder = BinaryDecoder(payload)
    var content: [UInt8] = []
    content.reserveCapacity(contentSize)
    do {
      while content.count < contentSize {
        var byte: UInt8 = 0
        for _ in 0..<8 {
          let bit = try decoder.decode(probability: predictor.probability)
          predictor.update(bit: bit)
          byte = byte << 1 | (bit ? 1 : 0)
        }
        if content.count % reportInterval == 0 { try report(content.count) }
        content.append(byte)
      }
      try decoder.finish()
    } catch is ArithmeticCoderError {
      throw CompressionError.corruptContent
    }
    return content
  }
}
