// SPDX-License-Identifier: Apache-2.0

import Archive
import Serialisation

/// What came back of a damaged archive, and what did not.
public struct RecoveryReport: Hashable, Sendable {
  /// A part of the archive that could not be restored.
  public struct Hole: Hashable, Sendable {
    /// Its bytes in the archive.
    public var archive: Range<Int>
    /// Where the restored content lacks it; as many zeros may stand there.
    public var contentOffset: Int
    /// Bytes of content that are lost, or nil if nothing tells how many they were.
    public var contentSize: Int?
  }

  /// Frames with content that came back.
  public var frames = 0
  /// Bytes of content that came back.
  public var contentBytes = 0
  /// What did not, in order.
  public var holes: [Hole] = []
}

extension Decompressor {
  /// Restores every whole frame of a damaged archive.
  ///
  /// Frames are found again by their magic number and their header's checksum.
  ///
  /// - Parameter fillsHoles: Whether zeros are given out for lost content whose size is known.
  /// - Throws: ``CompressionError`` if there is no frame at all, or one needs a model or memory that is
  ///   not there; and whatever `archive`, `sink` and `report` throw.
  public func recover(
    _ archive: RandomAccessSource, fillsHoles: Bool, to sink: @escaping ByteSink,
    report: ProgressReport = { _ in }
  ) throws -> RecoveryReport {
    try CompressionError.translatingKnown {
      var recovery = Recovery(self, archive, fillsHoles: fillsHoles, sink: sink)
      return try recovery.run(report: report)
    }
  }
}

/// One run over a damaged archive.
private struct Recovery {
  private static let piece = 1 << 16

  private let decompressor: Decompressor
  private let archive: RandomAccessSource
  private let fillsHoles: Bool
  private let sink: ByteSink
  /// What the index says, if there is one.
  private let map: [ArchiveMap.Frame]
  private var result = RecoveryReport()
  /// Bytes given out, those of holes too.
  private var offset = 0

  init(
    _ decompressor: Decompressor, _ archive: RandomAccessSource, fillsHoles: Bool,
    sink: @escaping ByteSink
  ) {
    self.decompressor = decompressor
    self.archive = archive
    self.fillsHoles = fillsHoles
    self.sink = sink
    map = (try? ArchiveMap(archive, models: decompressor.models))?.frames ?? []
  }

  mutating func run(report: ProgressReport) throws -> RecoveryReport {
    var position = 0
    while position < archive.size {
      if try position > 0 && isPadding(from: position) { break }
      do {
        position = try restore(position, report)
      } catch let error as FormatError {
        // The archive is not at fault.
        if error.code == .missingModel || error.code == .memoryLimit { throw error }
        guard let next = try end(ofDamagedFrame: position) ?? frame(after: position) else {
          if result.frames == 0 { throw error }
          try addHole(position..<archive.size)
          break
        }
        try addHole(position..<next)
        position = next
      }
    }
    return result
  }

  /// Restores the frame at a position, and gives its content out when it is known to be right.
  private mutating func restore(_ position: Int, _ report: ProgressReport) throws -> Int {
    let done = CompressionProgress(contentBytes: result.contentBytes, archiveBytes: position)
    func pass(to sink: ByteSink) throws -> (end: Int, contentSize: Int) {
      try decompressor.restoreFrame(
        at: position, of: archive, upTo: archive.size, to: sink,
        report: { _ in try report(done) })
    }
    // A stored frame comes in pieces, before its checksum.
    var pieces = 0
    var content: [UInt8] = []
    let frame = try pass { piece in
      pieces += 1
      content = pieces == 1 ? piece : []
    }
    if pieces == 1 { try sink(content) } else if pieces > 1 { _ = try pass(to: sink) }
    if frame.contentSize > 0 { result.frames += 1 }
    result.contentBytes += frame.contentSize
    offset += frame.contentSize
    return frame.end
  }

  /// Where a damaged frame ends, if its header is sound and another frame, or the end, is there.
  private func end(ofDamagedFrame position: Int) throws -> Int? {
    var reader = archive.reader(at: position)
    guard let header = try header(&reader) else { return nil }
    let start = position + header.size
    let end: Int
    switch header.method {
    case .model(_, let content, let payloadSize, _):
      end = start + content.planSize + payloadSize
    case .skippable(_, let size): end = start + size
    case .stored:
      var data = archive.reader(at: start)
      guard let size = try? StoredContent.pass(&data).data else { return nil }
      end = start + size
    }
    guard end < archive.size else { return end == archive.size ? end : nil }
    var next = archive.reader(at: end)
    if try self.header(&next) != nil { return end }
    return try isPadding(from: end) ? end : nil
  }

  /// The next place with a frame's header.
  private func frame(after position: Int) throws -> Int? {
    var start = position + 1
    while start < archive.size {
      let bytes = try archive.read(start, Self.piece)
      for index in bytes.indices where bytes[index] == FrameHeader.firstByte {
        var reader = archive.reader(at: start + index)
        if try header(&reader) != nil { return start + index }
      }
      start += max(bytes.count, 1)
    }
    return nil
  }

  /// The header that the reader stands at, if there is one.
  private func header(_ reader: inout ByteReader) throws -> FrameHeader? {
    do {
      return try FrameHeader(from: &reader, isFirst: true, models: decompressor.models)
    } catch is FormatError {
      return nil
    }
  }

  private func isPadding(from position: Int) throws -> Bool {
    var position = position
    while position < archive.size {
      let bytes = try archive.read(position, Self.piece)
      guard bytes.allSatisfy({ $0 == 0 }) else { return false }
      position += bytes.count
    }
    return true
  }

  private mutating func addHole(_ range: Range<Int>) throws {
    let size = try contentSize(of: range)
    result.holes.append(
      RecoveryReport.Hole(archive: range, contentOffset: offset, contentSize: size))
    guard fillsHoles, let size else { return }
    offset += size
    var left = size
    while left > 0 {
      let count = min(left, Self.piece)
      try sink([UInt8](repeating: 0, count: count))
      left -= count
    }
  }

  /// The content that a part of the archive had: as the index says, or the header of its only frame.
  private func contentSize(of range: Range<Int>) throws -> Int? {
    let frames = map.filter { $0.archive.overlaps(range) }
    if let first = frames.first, let last = frames.last,
      first.archive.lowerBound == range.lowerBound,
      last.archive.upperBound <= range.upperBound
    {
      return last.content.upperBound - first.content.lowerBound
    }
    var reader = archive.reader(at: range.lowerBound)
    guard let header = try header(&reader),
      case .model(_, let content, let payloadSize, _) = header.method,
      range.lowerBound + header.size + content.planSize + payloadSize == range.upperBound
    else { return nil }
    return content.size
  }
}
