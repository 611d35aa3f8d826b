// SPDX-License-Identifier: Apache-2.0

/// Reads bits of a byte buffer, the lowest of a byte first (RFC 1951, section 3.1.1).
///
/// Past the end it reads zeros and counts them; ``overrun`` says so.
struct BitReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var next = 0
  /// Bits that were read from the buffer and not used yet, the next one lowest.
  private(set) var window: UInt64 = 0
  private(set) var available = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// The number of bits used so far.
  var position: Int { next * 8 - available }

  /// Whether more bits were used than there are.
  var overrun: Bool { position > bytes.count * 8 }

  /// Makes at least 56 bits available.
  @inline(__always)
  mutating func refill() {
    if next &+ 8 <= bytes.count, let base = bytes.baseAddress {
      // Eight bytes from `next` on lie in the buffer, as was just checked.
      let word = UInt64(
        littleEndian: UnsafeRawPointer(base + next).loadUnaligned(as: UInt64.self))
      window |= word &<< UInt64(truncatingIfNeeded: available)
      let taken = (63 &- available) &>> 3
      next &+= taken
      available &+= taken &* 8
      // Bits above `available` are those of the next byte: the next refill sets them again.
    } else {
      while available <= 56 {
        if next < bytes.count { window |= UInt64(bytes[next]) << UInt64(available) }
        next += 1
        available += 8
      }
    }
  }

  /// Uses `count` bits, 0 to 32, that are available.
  @inline(__always)
  mutating func take(_ count: Int) -> Int {
    let value = window & (1 &<< UInt64(truncatingIfNeeded: count) &- 1)
    skip(count)
    return Int(truncatingIfNeeded: value)
  }

  /// Uses `count` available bits without looking.
  @inline(__always)
  mutating func skip(_ count: Int) {
    window &>>= UInt64(truncatingIfNeeded: count)
    available &-= count
  }

  /// Uses `count` bits, 0 to 32.
  mutating func read(_ count: Int) -> Int {
    refill()
    return take(count)
  }
}
