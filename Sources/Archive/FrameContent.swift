// SPDX-License-Identifier: Apache-2.0

import Content
import Serialisation

/// What a frame's header says of its content.
package struct FrameContent: Hashable {
  /// Bytes of content, at least 1.
  package let size: Int
  /// Whether the frame is coded as it is, as one part, or by a plan.
  package let form: Form

  package enum Form: Hashable {
    case whole(ContentDescription)
    /// `planSize` bytes stand before the payload, and say how `codedSize` bytes become the content.
    case planned(planSize: Int, codedSize: Int)
  }

  /// Makes what the header of a frame of `size` bytes says.
  package init(size: Int, form: Form) {
    self.size = size
    self.form = form
  }

  /// The bytes of a plan; 0 without one.
  package var planSize: Int {
    if case .planned(let planSize, _) = form { planSize } else { 0 }
  }

  /// Reads what stands between header and payload.
  ///
  /// - Returns: The plan, if there is one, and the parts of what is coded.
  /// - Throws: ``FormatError``.
  func readPlan(
    from reader: inout ByteReader
  ) throws -> (plan: ContentPlan?, parts: [ContentPart]) {
    switch form {
    case .whole(let description): return (nil, [ContentPart(description, count: size)])
    case .planned(let planSize, let codedSize):
      let plan = try ContentPlan(bytes: reader.bytes(count: planSize))
      let parts = plan.codedParts
      guard parts.byteCount == codedSize, codedSize > 0 else {
        throw FormatError.corruptHeader("the plan of a frame is not valid")
      }
      return (plan, parts)
    }
  }
}

extension FrameContent {
  /// The fields of the header.
  var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.appendVarint(size)
    switch form {
    case .whole(let description):
      writer.append([description.type.rawValue])
      writer.appendVarint(description.recordLength)
    case .planned(let planSize, let codedSize):
      writer.appendVarint(planSize)
      writer.appendVarint(codedSize)
    }
    return writer.bytes
  }

  /// Reads the fields; of an unknown content type nothing is made of them.
  ///
  /// - Parameter isPlanned: Whether the content has a plan.
  init?(from reader: inout ByteReader, isPlanned: Bool) throws {
    let size = try reader.varint(limit: FrameHeader.greatestContent)
    if isPlanned {
      let planSize = try reader.varint(limit: ContentPlan.longest)
      let codedSize = try reader.varint(limit: ContentPlan.greatestUnfolded)
      self.init(size: size, form: .planned(planSize: planSize, codedSize: codedSize))
    } else {
      let type = ContentType(rawValue: try reader.byte())
      let recordLength = try reader.varint(limit: ContentDescription.maximumRecordLength)
      guard let type else { return nil }
      self.init(
        size: size, form: .whole(ContentDescription(type: type, recordLength: recordLength)))
    }
  }
}
