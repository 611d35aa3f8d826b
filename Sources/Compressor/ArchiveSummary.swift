import LSTM

/// What an archive's headers say, without decoding its content.
public struct ArchiveSummary: Hashable, Sendable {
  /// Frames with content.
  public var frames = 0
  /// Frames without content.
  public var skippableFrames = 0
  /// Bytes of content of all frames.
  public var contentBytes = 0
  /// Bytes of content that are stored as they are.
  public var storedBytes = 0
  /// Bytes of the archive.
  public var archiveBytes = 0
  /// Bytes of memory that decompression takes at most.
  public var requiredBytes = 0
  /// What predicts the frames: each model once, in the order of their first frames.
  public var models: [Model] = []
  /// The trained models that the frames name and that are not there.
  public var missingModels: [PriorReference] = []

  /// Reads the headers of all that `source` gives; passes over the data.
  ///
  /// - Throws: ``CompressionError`` for a damaged header or a truncated archive, and whatever
  ///   `source` throws. The content's checksums are not looked at.
  public init(from source: @escaping ByteSource, priors: PriorStore = PriorStore()) throws {
    var received = 0
    var reader = ByteReader { limit in
      let bytes = try source(limit)
      received += bytes.count
      return bytes
    }
    var isFirst = true
    while try isFirst || !reader.isAtEnd() {
      let header = try FrameHeader(from: &reader, isFirst: isFirst, priors: priors)
      isFirst = false
      try add(header.method, from: &reader)
    }
    archiveBytes = received
  }

  private mutating func add(_ method: FrameHeader.Method, from reader: inout ByteReader) throws {
    switch method {
    case .stored:
      frames += 1
      while case let kind = try reader.byte(), kind > 0 {
        guard kind <= 30 else { throw CompressionError.corruptContent }
        try addStored(1 << Int(kind), from: &reader)
      }
      try addStored(reader.varint(limit: FrameHeader.greatestContent), from: &reader)
      _ = try reader.uint32()
    case .skippable(_, let size):
      skippableFrames += 1
      try skip(size, in: &reader)
    case .model(let model, let contentSize, let payloadSize, _):
      frames += 1
      contentBytes += contentSize
      let required = model.requiredBytes(contentSize: contentSize, payloadSize: payloadSize)
      requiredBytes = max(requiredBytes, required)
      if let missing = model.missing {
        if !missingModels.contains(missing) { missingModels.append(missing) }
      } else {
        let used = Model(
          network: model.network, trained: model.start, hasExperts: model.hasExperts,
          lanes: model.network?.lanes)
        if !models.contains(used) { models.append(used) }
      }
      try skip(payloadSize, in: &reader)
    }
  }

  private mutating func addStored(_ size: Int, from reader: inout ByteReader) throws {
    contentBytes += size
    storedBytes += size
    try skip(size, in: &reader)
  }

  private func skip(_ size: Int, in reader: inout ByteReader) throws {
    var left = size
    while left > 0 {
      left -= try reader.bytes(count: min(left, 1 << 16)).count
    }
  }
}
