// SPDX-License-Identifier: Apache-2.0

import Serialisation

/// Writes frames; goes on with one stored frame while content does not shrink.
///
/// So incompressible content costs one byte a chunk, and a file of any usual size grows by less
/// than 64 bytes.
package struct FrameWriter {
  private let sink: ([UInt8]) throws -> Void
  /// The checksum of the stored frame that is open, if one is.
  private var storedChecksum: Checksum?
  /// The content of the stored frame that is open.
  private var storedSize = 0
  /// Where the frame begins that is open, or comes next.
  private var frameStart = 0
  /// Bytes written so far.
  package private(set) var count = 0
  /// The frames that were written.
  package private(set) var index = ArchiveIndex([])

  /// Makes a writer that has written nothing.
  package init(sink: @escaping ([UInt8]) throws -> Void) {
    self.sink = sink
  }

  /// Savings that a full frame must bring to be worth a header, and the end of a stored frame.
  private static let leastSaving = 24

  /// Writes a frame, as it is if it did not shrink; all but the last one have a
  /// size that is a power of two.
  package mutating func write(_ frame: EncodedFrame, isLast: Bool) throws {
    let size = frame.content.count
    let required = size - (isLast ? 1 : Self.leastSaving)
    if frame.header.count + frame.payload.count <= required {
      try write(frame)
    } else {
      try writeStored(frame.content, isLast: isLast)
    }
  }

  private mutating func write(_ frame: EncodedFrame) throws {
    try finish()
    try put(frame.header)
    try put(frame.payload)
    endFrame(contentSize: frame.content.count)
  }

  private mutating func endFrame(contentSize: Int) {
    index.entries.append(
      ArchiveIndex.Entry(contentSize: contentSize, frameSize: count - frameStart))
    frameStart = count
  }

  /// Writes the index after all frames, if there are several.
  package mutating func writeIndex() throws {
    if index.entries.count > 1 { try put(index.bytes) }
  }

  private mutating func writeStored(_ content: [UInt8], isLast: Bool) throws {
    if storedChecksum == nil {
      try put(FrameHeader(.stored).bytes)
      storedChecksum = Checksum()
    }
    storedChecksum?.update(content)
    storedSize += content.count
    if isLast {
      try closeStored(content)
    } else {
      try put([UInt8(content.count.trailingZeroBitCount)])
      try put(content)
    }
  }

  /// Ends a stored frame that is open.
  package mutating func finish() throws {
    if storedChecksum != nil { try closeStored([]) }
  }

  private mutating func closeStored(_ content: [UInt8]) throws {
    var writer = ByteWriter()
    writer.append([0])
    writer.appendVarint(content.count)
    try put(writer.bytes)
    try put(content)
    var end = ByteWriter()
    end.append(storedChecksum?.value ?? 0)
    try put(end.bytes)
    storedChecksum = nil
    endFrame(contentSize: storedSize)
    storedSize = 0
  }

  private mutating func put(_ bytes: [UInt8]) throws {
    guard !bytes.isEmpty else { return }
    count += bytes.count
    try sink(bytes)
  }
}
