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

  /// What predicts the content.
  public var model: Model
  /// Content bytes of a frame, a power of two from 2^10 to 2^30.
  ///
  /// Frames are independent; memory grows with their size.
  public var frameSize = Compressor.standardFrameSize
  /// Threads that work at once, 1 or more: on frames side by side, or on a single frame.
  ///
  /// The archive is the same for any number; memory grows with it.
  public var threads = 1

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
    try model.validate()
    guard (10...30).contains(frameSize.trailingZeroBitCount), frameSize.nonzeroBitCount == 1 else {
      throw FrameSizeError(frameSize: frameSize)
    }
    var reader = ByteReader(source)
    var writer = FrameWriter(sink: sink)
    var progress = CompressionProgress()
    var queue = FrameQueue<EncodedFrame>()
    var isAtEnd = false
    var isFirst = true
    func reportFrame(_ done: Int) throws {
      progress.archiveBytes = writer.count
      var now = progress
      now.contentBytes += done
      try report(now)
    }
    do {
      while !isAtEnd || queue.count > 0 {
        while !isAtEnd && queue.count < max(threads, 1) {
          let content = try reader.bytes(upTo: frameSize)
          isAtEnd = try content.count < frameSize || reader.isAtEnd()
          // A single frame has all threads to itself.
          let isAlone = isFirst && isAtEnd
          isFirst = false
          let (model, frameThreads) = (model, isAlone ? threads : 1)
          let isLast = isAtEnd
          queue.append(
            FrameQueue.Entry(
              task: FrameTask(isInline: threads < 2 || isAlone) { report in
                try EncodedFrame(content, model: model, threads: frameThreads, report: report)
              }, bytes: content.count
            ) { frame in
              try writer.write(frame, isLast: isLast)
              progress.contentBytes += frame.content.count
            })
        }
        try queue.finishFirst(report: reportFrame)
      }
    } catch {
      queue.cancel()
      throw error
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
