// SPDX-License-Identifier: Apache-2.0

import ArithmeticCoder
import Content
import LSTM

/// Runs the parts of compression where they can be timed: for `lstmzip bench --profile`.
package struct PredictionProfile {
  private let content: [UInt8]
  private let settings: PredictorSettings

  /// Prepares to code `content`, at least one byte, in one thread.
  package init(_ content: [UInt8], options: PredictorOptions) {
    self.content = content
    let description = ContentDescription.detect(content)
    settings = PredictorSettings(
      options, content: description, contentSize: content.count,
      rates: options.candidateRates(description.type)[0])
  }

  /// The network that predicts, the last one if there are several.
  package var network: NetworkConfiguration? { settings.mainNetwork }

  /// The lanes of the content.
  package var lanes: Int { settings.layout(contentSize: content.count).lanes }

  /// Codes; `observer` is told which phase of the networks begins, and nil when it ends.
  ///
  /// - Throws: `ConfigurationError`, as the network does.
  package func run(observer: @escaping (NetworkPhase?) -> Void) throws {
    _ = try ContentCoder.encode(content, settings: settings, threads: 1, observer: observer) {
      (_, _) in
    }
  }

  /// Codes as many bits as the content has, without a model.
  package func runCoder() {
    var encoder = BinaryEncoder()
    for byte in content {
      for shift in 0..<UInt8(8) {
        encoder.encode(byte >> shift & 1 == 1, probability: 1 << 31)
      }
    }
    _ = encoder.finish()
  }
}
