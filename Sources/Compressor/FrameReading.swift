// SPDX-License-Identifier: Apache-2.0

import Archive
import Prediction
import Serialisation
import TrainedModels

extension Decompressor {
  /// Restores the frame at a place of an archive.
  ///
  /// - Parameters:
  ///   - position: Where its header begins.
  ///   - end: Where the archive ends, or its frames.
  ///   - sink: Takes the content, in one piece or, of a stored frame, in several; a stored frame's
  ///     checksum is known after the last one only.
  /// - Returns: Where the frame ends, and the size of its content, 0 for a skippable one.
  /// - Throws: ``FormatError`` for what is no frame or a damaged one, and what `sink` and `report` throw.
  func restoreFrame(
    at position: Int, of archive: RandomAccessSource, upTo end: Int,
    to sink: ByteSink, report: (_ done: Int) throws -> Void
  ) throws -> (end: Int, contentSize: Int) {
    var reader = archive.reader(at: position, upTo: end)
    let header = try FrameHeader(from: &reader, isFirst: position == 0, models: models)
    let start = position + header.size
    var data = archive.reader(at: start, upTo: end)
    switch header.method {
    case .skippable(_, let size):
      guard start + size <= end else { throw FormatError.truncated }
      return (start + size, 0)
    case .stored:
      var stored = 0
      try StoredContent.read(&data) { piece in
        stored += piece.count
        try sink(piece)
        try report(stored)
      }
      var again = archive.reader(at: start, upTo: end)
      return (try start + StoredContent.pass(&again).data, stored)
    case .model(let groups, let content, let payloadSize, let checksum):
      try checkBeforePlan(groups, content)
      let layout = try FrameLayout(
        groups, content: content, payloadSize: payloadSize, contentChecksum: checksum, from: &data)
      try checkMemory(layout.requiredBytes)
      let payload = try data.bytes(count: payloadSize)
      try sink(layout.content(of: payload, threads: max(threads, 1), report: report))
      return (start + content.planSize + payloadSize, content.size)
    }
  }

  /// Checks that a frame's models are there, and that there is memory for its plan.
  ///
  /// - Throws: ``FormatError``.
  func checkBeforePlan(_ groups: [PredictorSettings], _ content: FrameContent) throws {
    if let missing = groups.lazy.compactMap(\.missing).first {
      throw FormatError(.missingModel, "the archive needs \(missing), which is not here")
    }
    try checkMemory(content.planSize)
  }

  /// Checks that a frame fits into memory.
  ///
  /// - Throws: ``FormatError``.
  func checkMemory(_ required: Int) throws {
    guard required <= memoryLimit else {
      throw FormatError(
        .memoryLimit,
        "the archive needs \(required >> 20) MiB of memory; the limit is \(memoryLimit >> 20) MiB")
    }
  }
}
