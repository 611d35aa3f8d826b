// SPDX-License-Identifier: Apache-2.0

/// Reads fields, little-endian, from a source that gives its bytes in pieces of any size.
package struct ByteReader {
  private static let pieceSize = 1 << 16

  private let source: (_ limit: Int) throws -> [UInt8]
  /// Passes over bytes of the source without reading them, and says over how many.
  private let skipSource: ((_ count: Int) throws -> Int)?
  private var buffer: [UInt8] = []
  private var position = 0
  private var isSourceAtEnd = false
  private var recorded: [UInt8]?

  /// Reads from a source.
  ///
  /// - Parameter skip: Passes over bytes of the source, if it can do so faster than by reading them;
  ///   gives how many there were.
  package init(
    _ source: @escaping (_ limit: Int) throws -> [UInt8],
    skip: ((_ count: Int) throws -> Int)? = nil
  ) {
    self.source = source
    skipSource = skip
  }

  /// Reads the given bytes.
  package init(_ bytes: [UInt8]) {
    var rest = bytes[...]
    self.init { _ in
      defer { rest = [] }
      return Array(rest)
    }
  }

  /// Whether no byte is left, for which it reads ahead.
  package mutating func isAtEnd() throws -> Bool {
    try fill()
    return position == buffer.count
  }

  /// Bytes that the source has given and that were not read yet.
  package var bufferedCount: Int { buffer.count - position }

  /// Begins to record what is read.
  package mutating func startRecording() {
    recorded = []
  }

  /// Ends the recording and gives what was read since ``startRecording()``.
  package mutating func stopRecording() -> [UInt8] {
    defer { recorded = nil }
    return recorded ?? []
  }

  /// The next bytes: `count` of them, or as many as are left.
  package mutating func bytes(upTo count: Int) throws -> [UInt8] {
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
  /// - Throws: ``FormatError`` if fewer are left.
  package mutating func bytes(count: Int) throws -> [UInt8] {
    let result = try bytes(upTo: count)
    guard result.count == count else { throw FormatError.truncated }
    return result
  }

  /// Passes over the next `count` bytes.
  ///
  /// - Throws: ``FormatError`` if fewer are left.
  package mutating func pass(count: Int) throws {
    var left = count
    while left > 0 {
      if let skipSource, position == buffer.count, recorded == nil {
        guard try skipSource(left) == left else { throw FormatError.truncated }
        return
      }
      let buffered = min(left, buffer.count - position)
      position += buffered
      left -= buffered
      if left > 0 && skipSource == nil {
        try fill()
        if position == buffer.count { throw FormatError.truncated }
      }
    }
  }

  /// Passes over zeros.
  ///
  /// - Returns: Whether there was one.
  package mutating func passZeros() throws -> Bool {
    var hasPassed = false
    while try !isAtEnd() {
      let zeros = buffer[position...].prefix { $0 == 0 }.count
      position += zeros
      hasPassed = hasPassed || zeros > 0
      guard position == buffer.count else { break }
    }
    return hasPassed
  }

  /// The next byte.
  ///
  /// - Throws: ``FormatError`` if none is left.
  package mutating func byte() throws -> UInt8 {
    try bytes(count: 1)[0]
  }

  /// The next four bytes as a number.
  ///
  /// - Throws: ``FormatError`` if fewer are left.
  package mutating func uint32() throws -> UInt32 {
    UInt32(littleEndian: try bytes(count: 4))
  }

  /// A number of at most `limit` as ``ByteWriter/appendVarint(_:)`` writes it; no other way of
  /// writing it is accepted.
  package mutating func varint(limit: Int) throws -> Int {
    var value: UInt64 = 0
    for shift: UInt64 in stride(from: 0, through: 56, by: 7) {
      let byte = try byte()
      value |= UInt64(byte & 0x7F) << shift
      guard byte < 0x80 else { continue }
      guard byte != 0 || shift == 0 else {
        throw FormatError.corruptHeader("a number is written longer than it is")
      }
      guard value <= UInt64(limit) else {
        throw FormatError.corruptHeader("a size of \(value) is over the limit of \(limit)")
      }
      return Int(value)
    }
    throw FormatError.corruptHeader("a number is too long")
  }

  private mutating func fill() throws {
    guard position == buffer.count && !isSourceAtEnd else { return }
    buffer = try source(Self.pieceSize)
    position = 0
    isSourceAtEnd = buffer.isEmpty
  }
}
