// SPDX-License-Identifier: Apache-2.0

import Content
import Prediction
import Serialisation

/// A frame's content and what it becomes.
package struct EncodedFrame: Sendable {
  /// The content.
  package let content: [UInt8]
  /// The bytes before the payload: the header and the plan.
  package let header: [UInt8]
  /// The range coder's bytes.
  package let payload: [UInt8]

  /// Codes a frame with the best of the settings that `options` allow.
  ///
  /// - Parameters:
  ///   - unpacks: Whether packed streams in the content are unpacked.
  ///   - report: Is told now and then how many bytes are done, and how many of the payload that has given; it
  ///     throws to end the work.
  /// - Throws: `ConfigurationError`, as the network does, and what `report` throws.
  package init(
    _ content: [UInt8], options: PredictorOptions, unpacks: Bool, threads: Int,
    report: (_ done: Int, _ payloadSize: Int) throws -> Void
  ) throws {
    self.content = content
    let planned = ContentPlanner.plan(content, unpacks: unpacks)
    let chosen = try CandidateSettings.choose(
      planned.coded, parts: planned.parts, options: options, threads: threads,
      headerSize: { $0.bytes.count },
      report: { try report(0, 0) })
    payload =
      try chosen.payload
      ?? ContentCoder.encode(planned.coded, settings: chosen.settings, threads: threads) {
        (done, size) in try report(done * content.count / planned.coded.count, size)
      }
    let plan = planned.plan?.bytes ?? []
    let form: FrameContent.Form =
      plan.isEmpty
      ? .whole(planned.parts[0].description)
      : .planned(planSize: plan.count, codedSize: planned.coded.count)
    let method = FrameHeader.Method.model(
      chosen.settings.groups, content: FrameContent(size: content.count, form: form),
      payloadSize: payload.count, contentChecksum: Checksum.of(content))
    header = FrameHeader(method).bytes + plan
  }
}
