// SPDX-License-Identifier: Apache-2.0

import Platform

/// The most recent bytes, in a ring.
public struct ByteBuffer {
  private let bytes: UnsafeMutablePointer<UInt8>
  private let mask: Int
  /// The number of bytes seen.
  public private(set) var count = 0

  /// Makes a ring of `capacity` bytes, a power of two.
  init(capacity: Int, arena: Arena) {
    bytes = arena.allocateZeros(capacity)
    mask = capacity - 1
  }

  /// The byte at `position`, counted from the first byte seen.
  @inline(__always)
  public subscript(position: Int) -> UInt8 { bytes[position & mask] }

  /// The byte `distance` back, 1 for the last one; 0 before the first.
  @inline(__always)
  public func back(_ distance: Int) -> Int { Int(bytes[(count &- distance) & mask]) }

  /// Whether the byte at `position` is still in the ring.
  @inline(__always)
  public func holds(_ position: Int) -> Bool { count &- position <= mask }

  /// Goes on at another position; copies of a buffer share their bytes.
  mutating func move(to position: Int) { count = position }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    bytes[count & mask] = byte
    count &+= 1
  }
}
