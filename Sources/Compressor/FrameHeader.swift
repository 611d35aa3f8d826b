import LSTM

/// What stands before a frame's data.
///
/// `docs/FORMAT.md` specifies the fields.
struct FrameHeader: Hashable {
  /// A frame's method with the fields that depend on it.
  enum Method: Hashable {
    /// Chunks of content follow as they are.
    case stored
    /// `payloadSize` bytes from the range coder follow, `contentSize` bytes of content.
    case model(ModelDescription, contentSize: Int, payloadSize: Int, contentChecksum: UInt32)
    /// `size` bytes follow that are not content.
    case skippable(kind: UInt8, size: Int)
  }

  static let magic: [UInt8] = [0x97, 0x4C, 0x53, 0x54]
  static let version: UInt8 = 1
  /// The greatest content of a frame with a model, and so the greatest frame size.
  static let greatestContent = 1 << 30
  /// The greatest skippable frame.
  static let greatestSkippable = 1 << 40

  private static let storedMethod: UInt8 = 0
  private static let modelMethod: UInt8 = 1
  private static let firstSkippableMethod: UInt8 = 0x80

  var method: Method

  /// The header's bytes, the magic number and the header's checksum included.
  var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.append(Self.magic)
    writer.append([Self.version])
    switch method {
    case .stored:
      writer.append([Self.storedMethod])
    case .model(let model, let contentSize, let payloadSize, let checksum):
      writer.append([Self.modelMethod])
      writer.appendVarint(model.bytes.count)
      writer.append(model.bytes)
      writer.appendVarint(contentSize)
      writer.appendVarint(payloadSize)
      writer.appendUInt32(checksum)
    case .skippable(let kind, let size):
      writer.append([kind])
      writer.appendVarint(size)
    }
    writer.appendUInt32(Checksum.of(writer.bytes))
    return writer.bytes
  }

  init(_ method: Method) {
    self.method = method
  }

  /// Reads a header; the reader stands at its magic number.
  ///
  /// - Parameters:
  ///   - isFirst: Whether nothing stands before the frame.
  ///   - priors: Where the models are that frames may name.
  /// - Throws: ``CompressionError``.
  init(from reader: inout ByteReader, isFirst: Bool, priors: PriorStore) throws {
    reader.startRecording()
    try Self.readMagic(&reader, isFirst: isFirst)
    let version = try reader.byte()
    guard version == Self.version else {
      throw CompressionError(
        .unsupportedVersion,
        "format version \(version) is not supported; this is lstmzip for version \(Self.version)")
    }
    let kind = try reader.byte()
    // A field is interpreted only after the checksum of all agreed.
    let finish: () throws -> Method
    switch kind {
    case Self.storedMethod:
      finish = { .stored }
    case Self.modelMethod:
      let description = try reader.bytes(count: reader.varint(limit: ModelDescription.longest))
      let contentSize = try reader.varint(limit: Self.greatestContent)
      let payloadSize = try reader.varint(limit: Self.greatestContent)
      let checksum = try reader.uint32()
      finish = {
        guard contentSize > 0 else { throw CompressionError.corruptHeader("a frame is empty") }
        return .model(
          try ModelDescription(bytes: description, priors: priors), contentSize: contentSize,
          payloadSize: payloadSize, contentChecksum: checksum)
      }
    case Self.firstSkippableMethod...:
      let size = try reader.varint(limit: Self.greatestSkippable)
      finish = { .skippable(kind: kind, size: size) }
    default:
      throw CompressionError(.unsupportedMethod, "compression method \(kind) is not supported")
    }
    let checksum = Checksum.of(reader.stopRecording())
    guard try reader.uint32() == checksum else {
      throw CompressionError.corruptHeader("the header does not match its checksum")
    }
    method = try finish()
  }

  private static func readMagic(_ reader: inout ByteReader, isFirst: Bool) throws {
    let found = try reader.bytes(upTo: magic.count)
    if found == magic { return }
    guard isFirst else {
      throw CompressionError(
        .trailingData, "the archive is followed by data that is not an lstmzip frame")
    }
    guard !found.isEmpty else {
      throw CompressionError(.truncated, "the archive is empty")
    }
    guard !magic.starts(with: found) else { throw CompressionError.truncated }
    throw CompressionError(.notAnArchive, "not an lstmzip archive")
  }
}
