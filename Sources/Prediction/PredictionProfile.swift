// SPDX-License-Identifier: Apache-2.0

import ArithmeticCoder
import Content
import LSTM

/// Runs the parts of compression where they can be timed: for `lstmzip bench --profile`.
package struct PredictionProfile {
  private let content: [UInt8]
  private let settings: ContentSettings

  /// Prepares to code `content`, at least one byte, in one thread.
  package init(_ content: [UInt8], options: PredictorOptions) {
    self.content = content
    let description = ContentDescription.detect(content)
    let parts = [ContentPart(description, count: content.count)]
    let group = PredictorSettings(
      options, parts: parts, isAlone: true, rates: options.candidateRates(description.type)[0])
    settings = ContentSettings(parts: parts, groups: [group])
  }

  /// The network that predicts, the last one if there are several.
  package var network: NetworkConfiguration? { settings.groups[0].mainNetwork }

  /// The lanes of the content.
  package var lanes: Int { settings.layout.lanes }

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
