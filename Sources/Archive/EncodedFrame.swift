// SPDX-License-Identifier: Apache-2.0

import Prediction
import Serialisation

/// A frame's content and what it becomes.
package struct EncodedFrame: Sendable {
  /// The content.
  package let content: [UInt8]
  /// The bytes before the payload.
  package let header: [UInt8]
  /// The range coder's bytes.
  package let payload: [UInt8]

  /// Codes a frame with the best of the settings that `options` allow.
  ///
  /// - Parameter report: Is told now and then how many bytes are done, and how many of the payload that
  ///   has given; it throws to end the work.
  /// - Throws: `ConfigurationError`, as the network does, and what `report` throws.
  package init(
    _ content: [UInt8], options: PredictorOptions, threads: Int,
    report: (_ done: Int, _ payloadSize: Int) throws -> Void
  ) throws {
    self.content = content
    let chosen = try CandidateSettings.choose(
      content, options: options, threads: threads, headerSize: { $0.bytes.count },
      report: { try report(0, 0) })
    payload =
      try chosen.payload
      ?? ContentCoder.encode(
        content, settings: chosen.settings, threads: threads, report: report)
    let method = FrameHeader.Method.model(
      chosen.settings, contentSize: content.count, payloadSize: payload.count,
      contentChecksum: Checksum.of(content))
    header = FrameHeader(method).bytes
  }
}
