// SPDX-License-Identifier: Apache-2.0

import Contexts
import Platform

/// The contexts of black and white pixels, 8 in a byte: the pixels around the one that is predicted.
///
/// Every context has a table of its own, and every pixel a slot of its own in it: unlike the hashed
/// contexts they are chosen anew for each bit.
struct BilevelContexts {
  static let count = 14
  private static let tableBits = 18
  private let tables: UnsafeMutablePointer<UInt8>
  private let rowLength: Int
  /// The bytes of the three rows above, from 3 bytes left of the current one to 4 right of it.
  private var above1: UInt64 = 0
  private var above2: UInt64 = 0
  private var above3: UInt64 = 0
  /// Pixels near the predicted one, for selecting weights.
  private(set) var neighbourhood = 0

  /// Makes contexts for rows of `rowLength` bytes.
  init(rowLength: Int, arena: Arena) {
    self.rowLength = rowLength
    tables = arena.allocateZeros(Self.count << Self.tableBits)
  }

  /// Looks at the rows above the byte that comes next.
  mutating func startByte(_ history: ByteBuffer) {
    func window(_ row: Int) -> UInt64 {
      var pixels: UInt64 = 0
      for i in 0..<8 {
        let distance = row * rowLength + 3 - i
        pixels = pixels << 8 | (distance > 0 ? UInt64(history.back(distance)) : 0)
      }
      return pixels
    }
    above1 = window(1)
    above2 = window(2)
    above3 = window(3)
  }

  /// Writes where the bit histories of the next pixel are.
  @inline(__always)
  mutating func select(
    _ histories: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>>, recent: UInt64, byteNode: Int,
    bitPosition: Int, column: Int
  ) {
    let shift = UInt64(31 &- bitPosition)
    // Bit 8 is the pixel straight above, lower bits are to the right, higher ones to the left.
    let a = above1 &>> shift
    let b = above2 &>> shift
    let c = above3 &>> shift
    let left = recent &<< UInt64(bitPosition) | UInt64(byteNode & (1 &<< bitPosition &- 1))
    /// The pixels from `l` to the left of the predicted one to `r` to the right, in a row above.
    @inline(__always) func span(_ row: UInt64, _ l: UInt64, _ r: UInt64) -> UInt64 {
      row &>> (8 &- r) & (1 &<< (l &+ r &+ 1) &- 1)
    }
    @inline(__always) func last(_ n: UInt64) -> UInt64 { left & (1 &<< n &- 1) }
    var i = 0
    @inline(__always) func add(_ context: UInt64) {
      let hash = context &* 0x9E37_79B9_7F4A_7C15
      let slot = Int(hash &>> UInt64(64 &- Self.tableBits))
      histories[i] = tables + (i &<< Self.tableBits &+ slot)
      i &+= 1
    }
    add(last(4) &<< 12 | span(a, 3, 3) &<< 5 | span(b, 2, 2))
    add(last(2) &<< 8 | span(a, 2, 2) &<< 3 | span(b, 1, 1))
    add(last(8) &<< 11 | span(a, 5, 5))
    add(last(6) &<< 16 | span(a, 4, 4) &<< 7 | span(b, 3, 3))
    add(last(1) &<< 9 | span(a, 1, 1) &<< 6 | span(b, 1, 1) &<< 3 | span(c, 1, 1))
    add(last(3) &<< 15 | span(a, 2, 2) &<< 10 | span(b, 2, 2) &<< 5 | span(c, 2, 2))
    add(last(20))
    add(span(a, 8, 8))
    add(last(12) &<< 4 | span(a, 1, 1) &<< 1 | span(b, 0, 0))
    add(last(8) &<< 40 | span(a, 6, 6) &<< 24 | span(b, 5, 5) &<< 10 | span(c, 4, 4))
    add(last(3) &<< 40 | span(a, 7, 7))
    add(last(1) &<< 30 | span(a, 2, 5) &<< 20 | span(b, 2, 5) &<< 8 | span(c, 2, 4))
    add(last(2) &<< 20 | UInt64(column) &<< 4 | span(a, 0, 1))
    add(UInt64(byteNode) &<< 16 | (above1 &>> 32 & 0xFF) &<< 8 | (above2 &>> 32 & 0xFF))
    neighbourhood = Int(last(4) &<< 7 | span(a, 2, 2) &<< 2 | span(b, 0, 1))
  }
}
