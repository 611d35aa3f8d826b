import LSTM

/// Restores the content of archives.
///
/// Every byte of an archive is untrusted: sizes are checked against limits before memory is
/// allocated for them, and content is given out only after its checksum agreed, a stored frame's
/// excepted, whose checksum comes last.
public struct Decompressor: Sendable {
  /// The memory limit of the command line.
  public static let standardMemoryLimit = 1 << 30

  private static let pieceSize = 1 << 16

  /// Bytes that the network and the buffers of a frame may take.
  public var memoryLimit = Decompressor.standardMemoryLimit
  /// Threads that work at once, 1 or more: on as many frames side by side as fit into the memory
  /// limit, or on a single frame.
  public var threads = 1

  /// Where the models are that archives name: the shipped ones, unless there are others.
  public var priors = PriorStore()

  /// Makes a decompressor with the standard memory limit.
  public init() {}

  /// The content of `archive`.
  ///
  /// - Throws: ``CompressionError`` if the archive is damaged, not supported or needs more memory
  ///   than the limit; `KernelError` if the environment asks for an instruction set that is not
  ///   available.
  /// - Complexity: O(content) times the network's weights.
  public func decompress(_ archive: [UInt8]) throws -> [UInt8] {
    var rest = archive[...]
    var content: [UInt8] = []
    try decompress(
      from: { limit in
        defer { rest = rest.dropFirst(limit) }
        return Array(rest.prefix(limit))
      },
      to: { content += $0 })
    return content
  }

  /// Restores all that `source` gives, in pieces of any size, to `sink`.
  ///
  /// - Throws: What ``decompress(_:)`` throws, and whatever `source`, `sink` and `report` throw.
  public func decompress(
    from source: @escaping ByteSource, to sink: @escaping ByteSink,
    report: ProgressReport = { _ in }
  ) throws {
    var progress = CompressionProgress()
    var received = 0
    var reader = ByteReader { limit in
      let bytes = try source(limit)
      received += bytes.count
      return bytes
    }
    var isFirst = true
    var queue = FrameQueue<[UInt8]>()
    func reportFrame(_ done: Int) throws {
      progress.archiveBytes = received
      var now = progress
      now.contentBytes += done
      try report(now)
    }
    /// Finishes frames until only `count` are left and there is room for `bytes` more.
    func finishFrames(downTo count: Int, roomFor bytes: Int = 0) throws {
      while queue.count > count || (queue.count > 0 && queue.bytes + bytes > memoryLimit) {
        try queue.finishFirst(report: reportFrame)
      }
    }
    do {
      while try isFirst || !reader.isAtEnd() {
        let header = try FrameHeader(from: &reader, isFirst: isFirst, priors: priors)
        switch header.method {
        case .stored:
          try finishFrames(downTo: 0)
          try copyStored(&reader) { piece in
            try sink(piece)
            progress.contentBytes += piece.count
            progress.archiveBytes = received
            try report(progress)
          }
        case .skippable(_, let size):
          try copy(size, from: &reader) { _ in }
        case .model(let model, let contentSize, let payloadSize, let checksum):
          if let missing = model.missing {
            throw CompressionError(
              .missingModel, "the archive needs \(missing), which is not here; see --model")
          }
          let required = model.requiredBytes(contentSize: contentSize, payloadSize: payloadSize)
          try checkMemory(required)
          let payload = try reader.bytes(count: payloadSize)
          // A single frame has all threads to itself.
          let isAlone = try isFirst && reader.isAtEnd()
          try finishFrames(downTo: max(threads, 1) - 1, roomFor: required)
          let frameThreads = isAlone ? threads : 1
          queue.append(
            FrameQueue.Entry(
              task: FrameTask(isInline: threads < 2 || isAlone) { report in
                let content = try FrameCoder.decode(
                  payload, contentSize: contentSize, model: model, threads: frameThreads,
                  report: report)
                guard Checksum.of(content) == checksum else {
                  throw CompressionError.corruptContent
                }
                return content
              }, bytes: required
            ) { content in
              try sink(content)
              progress.contentBytes += content.count
            })
          if threads < 2 || isAlone { try finishFrames(downTo: 0) }
        }
        isFirst = false
      }
      try finishFrames(downTo: 0)
    } catch {
      // What comes before the damage is given out, unless it is damaged itself.
      try finishFrames(downTo: 0)
      throw error
    }
    progress.archiveBytes = received
    try report(progress)
  }

  /// Refuses a frame that needs more memory than the limit, before any is allocated.
  private func checkMemory(_ required: Int) throws(CompressionError) {
    guard required <= memoryLimit else {
      throw CompressionError(
        .memoryLimit,
        "the archive needs \(required >> 20) MiB of memory; the limit is \(memoryLimit >> 20) MiB")
    }
  }

  /// Copies a stored frame's chunks and checks their checksum.
  private func copyStored(_ reader: inout ByteReader, to sink: ByteSink) throws {
    var checksum = Checksum()
    func chunk(_ size: Int) throws {
      try copy(size, from: &reader) { piece in
        checksum.update(piece)
        try sink(piece)
      }
    }
    while true {
      let kind = try reader.byte()
      guard kind > 0 else { break }
      guard kind <= 30 else { throw CompressionError.corruptContent }
      try chunk(1 << Int(kind))
    }
    try chunk(reader.varint(limit: FrameHeader.greatestContent))
    guard try reader.uint32() == checksum.value else { throw CompressionError.corruptContent }
  }

  private func copy(_ size: Int, from reader: inout ByteReader, to sink: ByteSink) throws {
    var left = size
    while left > 0 {
      let piece = try reader.bytes(count: min(left, Self.pieceSize))
      try sink(piece)
      left -= piece.count
    }
  }
}
