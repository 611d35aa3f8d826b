// SPDX-License-Identifier: Apache-2.0

import Platform

/// Predicts the operands of x86 calls, jumps and accesses that are relative to their place: the
/// same target is another number at each place.
///
/// Keeps the targets seen last, by the lowest bytes of which as many are known as the operand has so
/// far, and expects the byte that leads to the same target again.
struct BranchTargets {
  /// The last target by each of its lowest bytes, and by the lowest two.
  private let byLowByte: UnsafeMutablePointer<UInt32>
  private let byLowBytes: UnsafeMutablePointer<UInt32>
  /// The last target after each instruction's first byte.
  private let byInstruction: UnsafeMutablePointer<UInt32>
  /// Bytes of the current operand that are known, or 4 outside of operands.
  private var known = 4
  /// The bytes of the operand so far, the first one lowest.
  private var operand: UInt32 = 0
  private var instruction = 0
  /// The byte that is expected next, above the number of bytes known; 0 outside of operands.
  private(set) var expected: UInt64 = 0

  /// The memory of the tables.
  static let bytes = 4 * (256 + 65_536 + 256)

  init(arena: Arena) {
    byLowByte = arena.allocate(256, repeating: 0)
    byLowBytes = arena.allocate(1 << 16, repeating: 0)
    byInstruction = arena.allocate(256, repeating: 0)
  }

  /// Leaves an operand.
  mutating func restart() {
    known = 4
    expected = 0
  }

  /// Takes in the last byte of `recent`, which ends at `position`.
  @inline(__always)
  mutating func append(_ recent: UInt64, position: Int) {
    if known < 4 {
      operand |= UInt32(recent & 0xFF) &<< UInt32(8 &* known)
      known &+= 1
      if known == 4 {
        let target = operand &+ UInt32(truncatingIfNeeded: position)
        byLowByte[Int(target & 0xFF)] = target
        byLowBytes[Int(target & 0xFFFF)] = target
        byInstruction[instruction] = target
      }
    } else if Self.beginsOperand(recent) {
      known = 0
      operand = 0
      instruction = Int((recent ^ recent &>> 5) & 0xFF)
    }
    guard known < 4 else {
      expected = 0
      return
    }
    // Targets count from the operand's end.
    let end = UInt32(truncatingIfNeeded: position &+ 4 &- known)
    let low = operand &+ end
    let target =
      switch known {
      case 0: byInstruction[instruction]
      case 1: byLowByte[Int(low & 0xFF)]
      default: byLowBytes[Int(low & 0xFFFF)]
      }
    let byte = (target &- end) &>> UInt32(8 &* known) & 0xFF
    expected = UInt64(known &+ 1) &<< 8 | UInt64(byte)
  }

  /// Whether the last bytes are a call, a jump, a conditional jump, or an access relative to the
  /// instruction pointer.
  @inline(__always)
  private static func beginsOperand(_ recent: UInt64) -> Bool {
    let last = recent & 0xFF
    let second = recent &>> 8 & 0xFF
    if last == 0xE8 || last == 0xE9 { return true }
    if second == 0x0F && last & 0xF0 == 0x80 { return true }
    // mov and lea, with a mode byte for the instruction pointer.
    return last & 0xC7 == 0x05
      && (second == 0x8B || second == 0x89 || second == 0x8D || second == 0xFF)
  }
}
