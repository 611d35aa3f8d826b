// SPDX-License-Identifier: Apache-2.0

import Archive
import Prediction
import Serialisation
import TrainedModels

/// Restores the content of archives.
///
/// Every byte of an archive is untrusted: sizes are checked against limits before memory is
/// allocated for them, and content is given out only after its checksum agreed, a stored frame's
/// excepted, whose checksum comes last.
public struct Decompressor: Sendable {
  /// The memory limit unless another one is chosen: 1 GiB.
  public static let standardMemoryLimit = 1 << 30

  /// Bytes that the network and the buffers of a frame may take.
  public var memoryLimit = Decompressor.standardMemoryLimit
  /// Threads that work at once, 1 or more: on as many frames side by side as fit into the memory
  /// limit, or on a single frame.
  public var threads = 1
  /// Where the models are that archives name: the library's own, unless there are others.
  package var models = TrainedModelStore()

  /// Makes a decompressor with the standard memory limit, which knows the library's own model.
  public init() {}

  /// Makes a decompressor that also knows the models that `findModel` has.
  ///
  /// - Parameter findModel: Gives the model of a ``Model/name``, or nil.
  public init(findModel: @escaping @Sendable (_ name: String) throws -> Model?) {
    models = TrainedModelStore { digest in try findModel("\(digest)")?.trained }
  }

  /// The content of `archive`.
  ///
  /// - Throws: ``CompressionError`` if the archive is damaged, not supported or needs more memory
  ///   than the limit.
  /// - Complexity: O(content) times the network's weights.
  public func decompress(_ archive: [UInt8]) throws -> [UInt8] {
    var content: [UInt8] = []
    try decompress(from: source(of: archive), to: { content += $0 })
    return content
  }

  /// Restores all that `source` gives, in pieces of any size, to `sink`.
  ///
  /// - Throws: What ``decompress(_:)`` throws, and whatever `source`, `sink` and `report` throw.
  public func decompress(
    from source: @escaping ByteSource, to sink: @escaping ByteSink,
    report: ProgressReport = { _ in }
  ) throws {
    try CompressionError.translatingKnown {
      try withoutActuallyEscaping(report) { report in
        let run = FrameDecompression(self, source: source, sink: sink, report: report)
        try run.run()
      }
    }
  }
}

/// One run of a decompressor.
///
/// A class, since the reader's source counts what it has given.
private final class FrameDecompression {
  private let decompressor: Decompressor
  private let threads: Int
  private let sink: ByteSink
  private let report: ProgressReport
  private var reader: ByteReader
  private var queue = FrameQueue<Restored>()
  private var progress = CompressionProgress()
  private let received = Counter()

  /// A frame's content, and where the frame ends in the archive.
  private struct Restored: Sendable {
    let content: [UInt8]
    let end: Int
  }

  private final class Counter {
    var value = 0
  }

  init(
    _ decompressor: Decompressor, source: @escaping ByteSource, sink: @escaping ByteSink,
    report: @escaping ProgressReport
  ) {
    self.decompressor = decompressor
    threads = max(decompressor.threads, 1)
    self.sink = sink
    self.report = report
    let received = received
    reader = ByteReader { limit in
      let bytes = try source(limit)
      received.value += bytes.count
      return bytes
    }
  }

  func run() throws {
    do {
      var isFirst = true
      while let header = try FrameHeader.next(
        from: &reader, isFirst: isFirst, models: decompressor.models)
      {
        try readFrame(header, isFirst: isFirst)
        isFirst = false
      }
    } catch {
      // What comes before the damage is given out, unless it is damaged itself.
      try finishFrames(downTo: 0)
      throw error
    }
    try finishFrames(downTo: 0)
    progress.archiveBytes = received.value
    try report(progress)
  }

  private func readFrame(_ header: FrameHeader, isFirst: Bool) throws {
    switch header.method {
    case .stored:
      try finishFrames(downTo: 0)
      try StoredContent.read(&reader) { piece in
        try sink(piece)
        progress.contentBytes += piece.count
        progress.archiveBytes = received.value
        try report(progress)
      }
    case .skippable(_, let size):
      try StoredContent.pass(size, of: &reader)
    case .model(let groups, let content, let payloadSize, let checksum):
      try decompressor.checkBeforePlan(groups, content)
      let layout = try FrameLayout(
        groups, content: content, payloadSize: payloadSize, contentChecksum: checksum,
        from: &reader)
      try decompressor.checkMemory(layout.requiredBytes)
      // The payload counts too: room is made before it is read.
      try finishFrames(downTo: threads - 1, roomFor: layout.requiredBytes)
      let payload = try reader.bytes(count: payloadSize)
      // A single frame has all threads to itself.
      let isAlone = try isFirst && reader.isAtEnd()
      let frameThreads = isAlone ? threads : 1
      let isInline = threads < 2 || isAlone
      let end = received.value - reader.bufferedCount
      let task = FrameTask(isInline: isInline) { report in
        let content = try layout.content(of: payload, threads: frameThreads) { done in
          try report(done, payloadSize * done / content.size)
        }
        return Restored(content: content, end: end)
      }
      queue.append(task, bytes: layout.requiredBytes)
      if isInline { try finishFrames(downTo: 0) }
    }
  }

  /// Finishes frames until only `count` are left and there is room for `bytes` more.
  private func finishFrames(downTo count: Int, roomFor bytes: Int = 0) throws {
    while queue.count > count || (queue.count > 0 && queue.bytes + bytes > decompressor.memoryLimit)
    {
      let frame = try queue.takeFirst { done, consumed in
        var now = progress
        now.contentBytes += done
        now.archiveBytes += consumed
        try report(now)
      }
      do {
        try sink(frame.content)
      } catch {
        queue.cancel()
        throw error
      }
      progress.contentBytes += frame.content.count
      progress.archiveBytes = frame.end
    }
  }
}
