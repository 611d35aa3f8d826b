import LSTM

/// Compresses content to an archive.
///
/// The same content and options give the same archive on any machine, however the content arrives.
///
///     let archive = try Compressor().compress(Array("to be or not to be".utf8))
///     let content = try Decompressor().decompress(archive)
public struct Compressor: Sendable {
  /// The frame size of the command line.
  public static let standardFrameSize = 1 << 24

  /// Savings that a full frame must bring to be worth a header, and the end of a stored frame.
  private static let leastSaving = 24

  /// What predicts the content.
  public var model: Model
  /// Content bytes of a frame, a power of two from 2^10 to 2^30.
  ///
  /// Frames are independent; memory grows with their size.
  public var frameSize = Compressor.standardFrameSize

  /// Makes a compressor of a level, with the standard frame size.
  public init(level: Level = .standard) {
    model = level.model
  }

  /// The archive of `content`.
  ///
  /// - Throws: `ConfigurationError` if the network's configuration is not valid, `KernelError` if
  ///   the environment asks for an instruction set that is not available.
  /// - Complexity: O(`content.count`) times the network's weights.
  public func compress(_ content: [UInt8]) throws -> [UInt8] {
    var rest = content[...]
    var archive: [UInt8] = []
    try compress(
      from: { limit in
        defer { rest = rest.dropFirst(limit) }
        return Array(rest.prefix(limit))
      },
      to: { archive += $0 })
    return archive
  }

  /// Compresses all that `source` gives, in pieces of any size, to `sink`.
  ///
  /// Memory is bounded by the frame size and the network.
  ///
  /// - Throws: What ``compress(_:)`` throws, and whatever `source`, `sink` and `report` throw.
  public func compress(
    from source: @escaping ByteSource, to sink: @escaping ByteSink,
    report: ProgressReport = { _ in }
  ) throws {
    try model.network?.validate()
    guard (10...30).contains(frameSize.trailingZeroBitCount), frameSize.nonzeroBitCount == 1 else {
      throw FrameSizeError(frameSize: frameSize)
    }
    var reader = ByteReader(source)
    var writer = FrameWriter(sink: sink)
    var progress = CompressionProgress()
    while true {
      let content = try reader.bytes(upTo: frameSize)
      let isLast = content.count < frameSize
      if content.isEmpty && progress.contentBytes > 0 { break }
      let model = ModelDescription(model, content: content)
      let payload = try FrameCoder.encode(content, model: model) { done in
        progress.archiveBytes = writer.count
        var now = progress
        now.contentBytes += done
        try report(now)
      }
      let header = FrameHeader(
        .model(
          model, contentSize: content.count, payloadSize: payload.count,
          contentChecksum: Checksum.of(content))
      ).bytes
      let required = content.count - (isLast ? 1 : Self.leastSaving)
      if header.count + payload.count <= required {
        try writer.write(header, payload)
      } else {
        try writer.writeStored(content, isLast: isLast)
      }
      progress.contentBytes += content.count
      if isLast { break }
    }
    try writer.finish()
    progress.archiveBytes = writer.count
    try report(progress)
  }
}

/// A frame size that is not a power of two from 2^10 to 2^30.
public struct FrameSizeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The size that was asked for.
  public let frameSize: Int

  /// What is wrong, in one line.
  public var description: String {
    "the frame size, \(frameSize), is not a power of two from 1 KiB to 1 GiB"
  }
}

/// Writes frames; goes on with one stored frame while content does not shrink.
///
/// So incompressible content costs one byte a chunk, and a file of any usual size grows by less
/// than 64 bytes.
struct FrameWriter {
  private let sink: ByteSink
  /// The checksum of the stored frame that is open, if one is.
  private var storedChecksum: Checksum?
  /// Bytes written so far.
  private(set) var count = 0

  init(sink: @escaping ByteSink) {
    self.sink = sink
  }

  /// Writes a whole frame.
  mutating func write(_ header: [UInt8], _ payload: [UInt8]) throws {
    try finish()
    try put(header)
    try put(payload)
  }

  /// Writes content as it is; only the last piece may have a size that is not a power of two.
  mutating func writeStored(_ content: [UInt8], isLast: Bool) throws {
    if storedChecksum == nil {
      try put(FrameHeader(.stored).bytes)
      storedChecksum = Checksum()
    }
    storedChecksum?.update(content)
    if isLast {
      try closeStored(content)
    } else {
      try put([UInt8(content.count.trailingZeroBitCount)])
      try put(content)
    }
  }

  /// Ends a stored frame that is open.
  mutating func finish() throws {
    if storedChecksum != nil { try closeStored([]) }
  }

  private mutating func closeStored(_ content: [UInt8]) throws {
    var writer = ByteWriter()
    writer.append([0])
    writer.appendVarint(content.count)
    try put(writer.bytes)
    try put(content)
    var end = ByteWriter()
    end.appendUInt32(storedChecksum?.value ?? 0)
    try put(end.bytes)
    storedChecksum = nil
  }

  private mutating func put(_ bytes: [UInt8]) throws {
    guard !bytes.isEmpty else { return }
    count += bytes.count
    try sink(bytes)
  }
}
