// SPDX-License-Identifier: Apache-2.0

import Prediction
import Serialisation
import TrainedModels

/// What stands before a frame's data.
///
/// `docs/FORMAT.md` specifies the fields.
package struct FrameHeader: Hashable {
  /// A frame's method with the fields that depend on it.
  package enum Method: Hashable {
    /// Chunks of content follow as they are.
    case stored
    /// What predicts each group of parts, and the content; the content's plan, if it has one, and
    /// `payloadSize` bytes from the range coder follow.
    case model(
      [PredictorSettings], content: FrameContent, payloadSize: Int, contentChecksum: UInt32)
    /// `size` bytes follow that are not content.
    case skippable(method: UInt8, size: Int)
  }

  static let magic: [UInt8] = [0xD5, 0x4C, 0x53, 0x54]
  static let version: UInt8 = 1
  /// The byte that every frame begins with.
  package static var firstByte: UInt8 { magic[0] }
  /// The greatest content of a frame with a model, and so the greatest frame size.
  package static let greatestContent = 1 << 30
  /// The greatest skippable frame.
  package static let greatestSkippable = 1 << 40

  private static let storedMethod: UInt8 = 0
  private static let modelMethod: UInt8 = 1
  private static let plannedMethod: UInt8 = 2
  private static let firstSkippableMethod: UInt8 = 0x80

  /// The method.
  package let method: Method
  /// Bytes of the header.
  package let size: Int

  /// The header's bytes, the magic number and the header's checksum included.
  package var bytes: [UInt8] { Self.bytes(method) }

  private static func bytes(_ method: Method) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(magic)
    writer.append([version])
    switch method {
    case .stored:
      writer.append([storedMethod])
    case .model(let groups, let content, let payloadSize, let checksum):
      let isPlanned = content.planSize > 0
      writer.append([isPlanned ? plannedMethod : modelMethod])
      writer.append(content.bytes)
      if isPlanned { writer.append([UInt8(truncatingIfNeeded: groups.count)]) }
      for group in groups {
        writer.appendVarint(group.bytes.count)
        writer.append(group.bytes)
      }
      writer.appendVarint(payloadSize)
      writer.append(checksum)
    case .skippable(let method, let size):
      writer.append([method])
      writer.appendVarint(size)
    }
    writer.append(Checksum.of(writer.bytes))
    return writer.bytes
  }

  /// Makes a header.
  package init(_ method: Method) {
    self.method = method
    size = Self.bytes(method).count
  }

  /// Reads a header; the reader stands at its magic number.
  ///
  /// - Parameters:
  ///   - isFirst: Whether nothing stands before the frame.
  ///   - models: Where the models are that frames may name.
  /// - Throws: ``FormatError``.
  package init(from reader: inout ByteReader, isFirst: Bool, models: TrainedModelStore) throws {
    reader.startRecording()
    try Self.readMagic(&reader, isFirst: isFirst)
    let version = try reader.byte()
    guard version == Self.version else {
      throw FormatError(
        .unsupportedVersion,
        "format version \(version) is not supported; this is lstmzip for version \(Self.version)")
    }
    let code = try reader.byte()
    // A field is interpreted only after the checksum of all agreed.
    let finish: () throws -> Method
    switch code {
    case Self.storedMethod:
      finish = { .stored }
    case Self.modelMethod, Self.plannedMethod:
      let isPlanned = code == Self.plannedMethod
      let content = try FrameContent(from: &reader, isPlanned: isPlanned)
      let groupCount = isPlanned ? Int(try reader.byte()) : 1
      let groups = try (0..<groupCount).map { _ in
        try reader.bytes(count: reader.varint(limit: PredictorSettings.longest))
      }
      let payloadSize = try reader.varint(limit: Self.greatestContent)
      let checksum = try reader.uint32()
      finish = {
        guard let content else {
          throw FormatError(.unsupportedModel, "the content type is not supported by this version")
        }
        guard content.size > 0, !isPlanned || content.planSize > 0 else {
          throw FormatError.corruptHeader("a frame is empty")
        }
        return .model(
          try groups.map { try PredictorSettings(bytes: $0, models: models) }, content: content,
          payloadSize: payloadSize, contentChecksum: checksum)
      }
    case Self.firstSkippableMethod...:
      let size = try reader.varint(limit: Self.greatestSkippable)
      finish = { .skippable(method: code, size: size) }
    default:
      throw FormatError(.unsupportedMethod, "compression method \(code) is not supported")
    }
    let fields = reader.stopRecording()
    let checksum = Checksum.of(fields)
    size = fields.count + 4
    guard try reader.uint32() == checksum else {
      throw FormatError.corruptHeader("the header does not match its checksum")
    }
    method = try finish()
  }

  /// Reads the next header, or nothing at the end of an archive.
  ///
  /// Zeros may stand after the last frame: tar fills up the blocks of a tape with them.
  ///
  /// - Throws: ``FormatError``.
  package static func next(
    from reader: inout ByteReader, isFirst: Bool, models: TrainedModelStore
  ) throws -> FrameHeader? {
    if !isFirst {
      let isPadded = try reader.passZeros()
      if try reader.isAtEnd() { return nil }
      guard !isPadded else { throw trailingData }
    }
    return try FrameHeader(from: &reader, isFirst: isFirst, models: models)
  }

  private static var trailingData: FormatError {
    FormatError(.trailingData, "the archive is followed by data that is not an lstmzip frame")
  }

  private static func readMagic(_ reader: inout ByteReader, isFirst: Bool) throws {
    let found = try reader.bytes(upTo: magic.count)
    if found == magic { return }
    guard isFirst else { throw trailingData }
    guard !found.isEmpty else {
      throw FormatError(.truncated, "the archive is empty")
    }
    guard !magic.starts(with: found) else { throw FormatError.truncated }
    throw FormatError(.notAnArchive, "not an lstmzip archive")
  }
}
