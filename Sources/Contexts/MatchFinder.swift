// SPDX-License-Identifier: Apache-2.0

import Platform

/// Finds the byte that followed the last occurrence of the bytes before it.
public struct MatchFinder {
  /// The number of bytes that agree before the predicted one, 0 without a match.
  public private(set) var length = 0
  /// The predicted byte behind a leading one, 0 without a match.
  public private(set) var expected = 0
  /// The position of the predicted byte.
  private var pointer = 0
  private let minimumLength: Int
  private let table: UnsafeMutablePointer<UInt32>
  private let lineMask: UInt64

  /// Positions of a line, a cache line: those of one high nibble of the last byte.
  private static let lineLength = 16

  /// The number of length classes.
  public static let lengthClasses = 20

  /// Makes a finder of matches of at least `minimumLength` (up to 64) bytes, with a table of
  /// `tableSize` positions, a power of two up to 2^20.
  init(minimumLength: Int, tableSize: Int, arena: Arena) {
    self.minimumLength = minimumLength
    table = arena.allocateZeros(tableSize)
    lineMask = UInt64(tableSize / Self.lineLength - 1)
  }

  /// Forgets the match; copies of a finder share their table.
  package mutating func abandon() {
    length = 0
    expected = 0
  }

  /// The length in classes: exact below 16.
  @inline(__always)
  public var lengthClass: Int {
    if length < 16 { return length }
    return min(15 &+ length &>> 4, Self.lengthClasses &- 1)
  }

  /// What ``append(_:hash:)`` will look at.
  @inline(__always)
  func line(_ hash: UInt64) -> UnsafeMutablePointer<UInt32> {
    table + Int(truncatingIfNeeded: hash &>> 48 & lineMask) &* Self.lineLength
  }

  /// Takes in the last byte of `history`; the high bits of `hash` are of its last
  /// `minimumLength` bytes, but for the lowest four bits of the last one.
  @inline(__always)
  mutating func append(_ history: ByteBuffer, hash: UInt64) {
    let last = Int(history[history.count &- 1])
    let slot = line(hash) + (last ^ Int(truncatingIfNeeded: hash &>> 44)) & 15
    if length > 0 && history[pointer] == history[history.count &- 1] {
      length = min(length &+ 1, 65_535)
      pointer &+= 1
    } else {
      length = 0
    }
    if length == 0 {
      pointer = Int(slot.pointee)
      if pointer > 0 && history.holds(pointer) {
        while length < 64 && pointer > length && history.holds(pointer &- length &- 1)
          && history[pointer &- length &- 1] == history[history.count &- length &- 1]
        { length &+= 1 }
        if length < minimumLength { length = 0 }
      }
    }
    slot.pointee = UInt32(truncatingIfNeeded: history.count)
    expected = length > 0 ? Int(history[pointer]) | 256 : 0
  }
}
