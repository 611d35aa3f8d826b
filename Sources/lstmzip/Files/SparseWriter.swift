// SPDX-License-Identifier: Apache-2.0

import Platform

/// Writes a file from its beginning, and passes over blocks of zeros: the file system keeps holes for
/// them, which take no space.
struct SparseWriter {
  private static let block = 4096

  private let descriptor: Descriptor
  /// Bytes that were taken in.
  private var position = 0
  /// How many of the last of them were passed over.
  private var hole = 0

  /// - Parameter descriptor: That of an empty file.
  init(_ descriptor: Descriptor) {
    self.descriptor = descriptor
  }

  /// Writes bytes, or passes over them.
  mutating func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { buffer in
      var start = 0
      while start < buffer.count {
        var end = blockEnd(start, of: buffer)
        let isHole = Self.isZero(buffer[start..<end])
        while end < buffer.count,
          case let next = blockEnd(end, of: buffer), Self.isZero(buffer[end..<next]) == isHole
        { end = next }
        if isHole {
          hole += end - start
        } else {
          try skipHole()
          try descriptor.write(buffer[start..<end])
        }
        start = end
      }
      position += buffer.count
    }
  }

  /// Gives the file its length, if it ends with a hole.
  mutating func finish() throws {
    guard hole > 0 else { return }
    guard ftruncate(descriptor.number, off_t(position)) == 0 else { throw FileError.system() }
    hole = 0
  }

  private mutating func skipHole() throws {
    guard hole > 0 else { return }
    guard lseek(descriptor.number, off_t(hole), SEEK_CUR) >= 0 else { throw FileError.system() }
    hole = 0
  }

  /// Where the file's block ends that has the byte at an index, or the buffer.
  private func blockEnd(_ index: Int, of buffer: UnsafeRawBufferPointer) -> Int {
    min(index + Self.block - (position + index) % Self.block, buffer.count)
  }

  private static func isZero(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
    let buffer = UnsafeRawBufferPointer(rebasing: bytes)
    guard let first = buffer.baseAddress else { return true }
    // Zero at the start, and each byte equal to the one before it.
    return buffer[0] == 0 && memcmp(first, first + 1, buffer.count - 1) == 0
  }
}
