/// Where bytes come from: up to the given number of them, at least one, or none at the end.
public typealias ByteSource = (_ limit: Int) throws -> [UInt8]

/// Where bytes go.
public typealias ByteSink = (_ bytes: [UInt8]) throws -> Void

/// Reads fields, little-endian, from a source that gives its bytes in pieces of any size.
struct ByteReader {
  private static let pieceSize = 1 << 16

  private let source: ByteSource
  private var buffer: [UInt8] = []
  private var position = 0
  private var isSourceAtEnd = false
  private var recorded: [UInt8]?

  init(_ source: @escaping ByteSource) {
    self.source = source
  }

  /// Whether no byte is left, for which it reads ahead.
  mutating func isAtEnd() throws -> Bool {
    try fill()
    return position == buffer.count
  }

  /// Begins to record what is read.
  mutating func startRecording() {
    recorded = []
  }

  /// Ends the recording and gives what was read since ``startRecording()``.
  mutating func stopRecording() -> [UInt8] {
    defer { recorded = nil }
    return recorded ?? []
  }

  /// The next bytes: `count` of them, or as many as are left.
  mutating func bytes(upTo count: Int) throws -> [UInt8] {
    var result: [UInt8] = []
    while result.count < count {
      try fill()
      let available = buffer.count - position
      if available == 0 { break }
      let taken = min(available, count - result.count)
      result.append(contentsOf: buffer[position..<position + taken])
      position += taken
    }
    recorded?.append(contentsOf: result)
    return result
  }

  /// The next `count` bytes.
  ///
  /// - Throws: ``CompressionError`` if fewer are left.
  mutating func bytes(count: Int) throws -> [UInt8] {
    let result = try bytes(upTo: count)
    guard result.count == count else { throw CompressionError.truncated }
    return result
  }

  mutating func byte() throws -> UInt8 {
    try bytes(count: 1)[0]
  }

  mutating func uint32() throws -> UInt32 {
    try bytes(count: 4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// A number of at most `limit` as ``ByteWriter/appendVarint(_:)`` writes it; no other way of
  /// writing it is accepted.
  mutating func varint(limit: Int) throws -> Int {
    var value: UInt64 = 0
    for shift: UInt64 in stride(from: 0, through: 56, by: 7) {
      let byte = try byte()
      value |= UInt64(byte & 0x7F) << shift
      guard byte < 0x80 else { continue }
      guard byte != 0 || shift == 0 else {
        throw CompressionError.corruptHeader("a number is written longer than it is")
      }
      guard value <= UInt64(limit) else {
        throw CompressionError.corruptHeader("a size of \(value) is over the limit of \(limit)")
      }
      return Int(value)
    }
    throw CompressionError.corruptHeader("a number is too long")
  }

  private mutating func fill() throws {
    guard position == buffer.count && !isSourceAtEnd else { return }
    buffer = try source(Self.pieceSize)
    position = 0
    isSourceAtEnd = buffer.isEmpty
  }
}
