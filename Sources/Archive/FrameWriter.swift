import Serialisation

/// Writes frames; goes on with one stored frame while content does not shrink.
///
/// So incompressible content costs one byte a chunk, and a file of any usual size grows by less
/// than 64 bytes.
package struct FrameWriter {
  private let sink: ([UInt8]) throws -> Void
  /// The checksum of the stored frame that is open, if one is.
  private var storedChecksum: Checksum?
  /// Bytes written so far.
  package private(set) var count = 0

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
      try write(frame.header, frame.payload)
    } else {
      try writeStored(frame.content, isLast: isLast)
    }
  }

  private mutating func write(_ header: [UInt8], _ payload: [UInt8]) throws {
    try finish()
    try put(header)
    try put(payload)
  }

  private mutating func writeStored(_ content: [UInt8], isLast: Bool) throws {
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
  }

  private mutating func put(_ bytes: [UInt8]) throws {
    guard !bytes.isEmpty else { return }
    count += bytes.count
    try sink(bytes)
  }
}
