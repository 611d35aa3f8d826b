// SPDX-License-Identifier: Apache-2.0

import Archive
import Prediction
import Serialisation
import TrainedModels

/// Compresses content to an archive.
///
/// The same content and options give the same archive on any machine, however the content arrives.
///
///     let archive = try Compressor().compress(Array("to be or not to be".utf8))
///     let content = try Decompressor().decompress(archive)
public struct Compressor: Sendable {
  /// The frame size unless another one is chosen: 16 MiB.
  public static let standardFrameSize = 1 << 24

  /// How much time may be spent on a small archive.
  public var level: Level
  /// The trained model in the place of the library's own; whoever restores the archive needs it too.
  public var model: Model?
  /// Content bytes of a frame, a power of two from 2^10 to 2^30.
  ///
  /// Frames are independent; memory grows with their size.
  public var frameSize = Compressor.standardFrameSize
  /// Threads that work at once, 1 or more: on frames side by side, or on a single frame.
  ///
  /// The archive is the same for any number; memory grows with it.
  public var threads = 1
  /// Whether deflate streams within the content, as in zip archives and PNG files, are unpacked, and the
  /// archive says how they were packed.
  public var unpacks = true
  /// What predicts, in the place of what the level says.
  package var options: PredictorOptions?

  /// Makes a compressor with the standard frame size.
  public init(level: Level = .standard) {
    self.level = level
  }

  /// The archive of `content`.
  ///
  /// - Throws: ``CompressionError`` if an option is out of its range.
  /// - Complexity: O(`content.count`) times the network's weights.
  public func compress(_ content: [UInt8]) throws -> [UInt8] {
    var archive: [UInt8] = []
    try compress(from: source(of: content), to: { archive += $0 })
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
    guard (10...30).contains(frameSize.trailingZeroBitCount), frameSize.nonzeroBitCount == 1 else {
      throw CompressionError(
        .invalidOption,
        "the frame size, \(frameSize), is not a power of two from 1 KiB to 1 GiB")
    }
    try CompressionError.translatingKnown {
      let options = try predictorOptions()
      try options.validate()
      var frames = FrameCompression(
        options: options, unpacks: unpacks, threads: max(threads, 1), source: source, sink: sink)
      try frames.run(frameSize: frameSize, report: report)
    }
  }

  /// What predicts.
  package func predictorOptions() throws -> PredictorOptions {
    try options
      ?? PredictorOptions(
        level: level.rawValue, model: model?.trained ?? TrainedModel.shipped())
  }
}

/// One run of a compressor: cuts the content into frames, codes them, and writes them in order.
private struct FrameCompression {
  private let options: PredictorOptions
  private let unpacks: Bool
  private let threads: Int
  private var reader: ByteReader
  private var writer: FrameWriter
  private var queue = FrameQueue<(frame: EncodedFrame, isLast: Bool)>()
  private var contentBytes = 0
  private var isAtEnd = false

  init(
    options: PredictorOptions, unpacks: Bool, threads: Int, source: @escaping ByteSource,
    sink: @escaping ByteSink
  ) {
    self.options = options
    self.unpacks = unpacks
    self.threads = threads
    reader = ByteReader(source)
    writer = FrameWriter(sink: sink)
  }

  mutating func run(frameSize: Int, report: ProgressReport) throws {
    do {
      while !isAtEnd || queue.count > 0 {
        while !isAtEnd && queue.count < threads { try beginFrame(frameSize: frameSize) }
        try finishFrame(report: report)
      }
    } catch {
      queue.cancel()
      throw error
    }
    try writer.finish()
    try writer.writeIndex()
    try report(CompressionProgress(contentBytes: contentBytes, archiveBytes: writer.count))
  }

  /// Reads a frame's content and begins to code it.
  private mutating func beginFrame(frameSize: Int) throws {
    let isFirst = queue.count == 0 && contentBytes == 0
    let content = try reader.bytes(upTo: frameSize)
    isAtEnd = try content.count < frameSize || reader.isAtEnd()
    // A single frame has all threads to itself.
    let isAlone = isFirst && isAtEnd
    let (options, unpacks, isLast) = (options, unpacks, isAtEnd)
    let frameThreads = isAlone ? threads : 1
    let task = FrameTask(isInline: threads < 2 || isAlone) { report in
      (
        frame: try EncodedFrame(
          content, options: options, unpacks: unpacks, threads: frameThreads, report: report),
        isLast: isLast
      )
    }
    queue.append(task, bytes: content.count)
  }

  /// Waits for the oldest frame and writes it.
  private mutating func finishFrame(report: ProgressReport) throws {
    let (contentBytes, archiveBytes) = (contentBytes, writer.count)
    let (frame, isLast) = try queue.takeFirst { done, payloadSize in
      try report(
        CompressionProgress(
          contentBytes: contentBytes + done, archiveBytes: archiveBytes + payloadSize))
    }
    try writer.write(frame, isLast: isLast)
    self.contentBytes += frame.content.count
  }
}
