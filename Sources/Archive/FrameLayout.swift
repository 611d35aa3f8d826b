// SPDX-License-Identifier: Apache-2.0

import Content
import Prediction
import Serialisation

/// What a decoder of a frame knows before it reads the payload.
package struct FrameLayout: Sendable {
  private let plan: ContentPlan?
  private let settings: ContentSettings
  private let contentSize: Int
  private let contentChecksum: UInt32
  /// Bytes of memory that the frame takes at most, without the model file's.
  package let requiredBytes: Int

  /// What people are told of the content's parts.
  package var parts: [PartSummary] {
    plan.map { PartSummary.parts(of: $0) } ?? settings.parts.map { PartSummary($0) }
  }

  /// Reads the plan, at which the reader stands, if there is one.
  ///
  /// - Throws: ``FormatError``.
  package init(
    _ groups: [PredictorSettings], content: FrameContent, payloadSize: Int,
    contentChecksum: UInt32, from reader: inout ByteReader
  ) throws {
    let (plan, parts) = try content.readPlan(from: &reader)
    guard parts.groupCount == groups.count else {
      throw FormatError.corruptHeader("the plan of a frame is not valid")
    }
    guard parts.count < 2 || groups.allSatisfy({ $0.lanes == 1 }) else {
      throw FormatError(.unsupportedModel, "several parts in lanes are not supported")
    }
    self.plan = plan
    self.contentChecksum = contentChecksum
    contentSize = content.size
    settings = ContentSettings(parts: parts, groups: groups)
    // The models are gone when the plan is followed.
    requiredBytes =
      content.planSize
      + max(
        settings.requiredBytes(payloadSize: payloadSize),
        plan?.requiredBytes(contentSize: content.size) ?? 0)
  }

  /// The frame's content.
  ///
  /// - Parameters:
  ///   - threads: 1, or more for networks to learn in a thread of their own.
  ///   - report: Is told now and then how many bytes are done; it throws to end the work.
  /// - Throws: ``FormatError`` if payload or plan are damaged; `ConfigurationError`, as the network does; and
  ///   what `report` throws.
  package func content(
    of payload: [UInt8], threads: Int, report: (_ done: Int) throws -> Void
  ) throws -> [UInt8] {
    let codedSize = max(settings.contentSize, 1)
    let coded = try ContentCoder.decode(payload, settings: settings, threads: threads) {
      try report($0 * contentSize / codedSize)
    }
    let content = try plan?.restore(coded, count: contentSize) ?? coded
    guard Checksum.of(content) == contentChecksum else { throw FormatError.corruptContent }
    return content
  }
}
