// SPDX-License-Identifier: Apache-2.0

import ArithmeticCoder
import LSTM
import Platform
import Serialisation

/// Turns a content into the range coder's bytes and back, with one predictor.
///
/// Each call computes in the standard floating-point state, and leaves the caller's as it was.
package enum ContentCoder {
  /// Content bytes between two reports of progress.
  private static let reportInterval = 1024

  /// The range coder's bytes for a content.
  ///
  /// - Parameters:
  ///   - threads: 1, or more for the largest network to learn in a thread of its own.
  ///   - observer: Is told which phase of the networks begins, and nil when it ends.
  ///   - report: Is told now and then how many bytes are done, and how many of the payload that has given;
  ///     it throws to end the work.
  /// - Throws: `ConfigurationError`, as the network does, and what `report` throws.
  /// - Complexity: O(`content.count`) times the network's weights.
  package static func encode(
    _ content: [UInt8], settings: ContentSettings, threads: Int,
    observer: ((NetworkPhase?) -> Void)? = nil,
    report: (_ done: Int, _ payloadSize: Int) throws -> Void
  ) throws -> [UInt8] {
    try FloatingPointState.withStandard {
      precondition(settings.contentSize == content.count, "settings of another content")
      let layout = settings.layout
      var predictor = try Predictor(settings, threads: threads)
      if let observer { predictor.observe(observer) }
      var encoder = BinaryEncoder()
      for index in content.indices {
        let byte = content[layout.position(index)]
        for shift in stride(from: 7, through: 0, by: -1) {
          let bit = byte >> UInt8(shift) & 1 == 1
          encoder.encode(bit, probability: predictor.probability)
          predictor.update(bit: bit)
        }
        if index % reportInterval == 0 { try report(index, encoder.count) }
      }
      return encoder.finish()
    }
  }

  /// What experts have learned of the mixing after a content, which they began with `start`.
  ///
  /// - Throws: As ``encode(_:settings:threads:observer:report:)``.
  static func expertParameters(
    after content: [UInt8], settings: ContentSettings, start: [UInt16]?, threads: Int
  ) throws -> [UInt16] {
    try FloatingPointState.withStandard {
      var predictor = try Predictor(settings, threads: threads, expertParameters: start)
      for byte in content {
        for shift in stride(from: UInt8(7), through: 0, by: -1) {
          predictor.update(bit: byte >> shift & 1 == 1)
        }
      }
      return predictor.expertParameters
    }
  }

  /// The content of a payload.
  ///
  /// - Throws: ``FormatError`` with the code `corruptContent` if the payload is not what the encoder
  ///   makes of any content of this size; and as ``encode(_:settings:threads:observer:report:)``.
  package static func decode(
    _ payload: [UInt8], settings: ContentSettings, threads: Int,
    report: (_ done: Int) throws -> Void
  ) throws -> [UInt8] {
    try FloatingPointState.withStandard {
      let (contentSize, layout) = (settings.contentSize, settings.layout)
      var predictor = try Predictor(settings, threads: threads)
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
          content[layout.position(index)] = byte
          if index % reportInterval == 0 { try report(index) }
        }
        try decoder.finish()
      } catch is ArithmeticCoderError {
        throw FormatError.corruptContent
      }
      return content
    }
  }
}
