// SPDX-License-Identifier: Apache-2.0

import Platform
import Testing

@testable import Contexts

@Suite struct FieldTests {
  /// Shows `bytes` to `take`, each time with the last 8 of them, the last one lowest.
  private func feed(_ bytes: [UInt8], _ take: (UInt64) -> Void) -> UInt64 {
    var recent: UInt64 = 0
    for byte in bytes {
      recent = recent << 8 | UInt64(byte)
      take(recent)
    }
    return recent
  }

  @Test func fieldsAreExpectedToGoOnByTheirStep() {
    let arena = Arena()
    let progression = NumericProgression(isBigEndian: true, gap: 0, arena: arena)
    // Tag 7, then fields that rise by 3 over a carry.
    var recent = feed([7, 0, 0xFB, 7, 0, 0xFE, 7]) { progression.append($0) }
    #expect(progression.expected(recent) & 0xFF == 1)
    recent = recent << 8 | 1
    progression.append(recent)
    #expect(progression.expected(recent) >> 8 == 1 << 8 | 1)
    let little = NumericProgression(isBigEndian: false, gap: 2, arena: arena)
    recent = feed([9, 0, 0, 0xFB, 0, 9, 0, 0, 0xFE, 0, 9, 0, 0]) { little.append($0) }
    #expect(little.expected(recent) & 0xFF == 1)
  }

  @Test func callsOfOneTargetAreExpectedFromAnyPlace() {
    let arena = Arena()
    var targets = BranchTargets(arena: arena)
    var position = 0
    func operand(to target: Int, at end: Int) -> [UInt8] {
      (0..<4).map { UInt8(truncatingIfNeeded: (target - end) >> (8 * $0)) }
    }
    // Two calls of one target from different places, and between them another one.
    var code: [UInt8] = [0xE8] + operand(to: 0x12345, at: 5)
    code += [0x90, 0xE8] + operand(to: 0x777, at: 11)
    code += [0x90, 0x90, 0xE8]
    var recent = feed(code) {
      position += 1
      targets.append($0, position: position)
    }
    let last = operand(to: 0x12345, at: position + 4)
    for (index, byte) in last.enumerated() {
      if index > 0 { #expect(targets.expected == UInt64(index + 1) << 8 | UInt64(byte)) }
      recent = recent << 8 | UInt64(byte)
      position += 1
      targets.append(recent, position: position)
    }
    #expect(targets.expected == 0)
  }
}
