// SPDX-License-Identifier: Apache-2.0

import Platform

/// Predicts 16-bit fields that rise by steps: indexes of a table, offsets, line numbers, counters.
///
/// Fields of one kind follow the same byte, their tag. Where a field may begin, what is expected is
/// the tag's last value plus its last step.
struct NumericProgression {
  /// Per tag the last value in the lower half, and its last step in the upper one.
  private let fields: UnsafeMutablePointer<UInt32>
  /// Whether the first byte of a field is its highest.
  private let isBigEndian: Bool
  /// Bytes between a tag and its field.
  private let gap: Int

  /// The memory of the table.
  static let bytes = 4 * 256

  init(isBigEndian: Bool, gap: Int, arena: Arena) {
    fields = arena.allocate(256, repeating: 0)
    self.isBigEndian = isBigEndian
    self.gap = gap
  }

  /// Takes in the field that ends with the last byte; `recent` holds the last bytes, the most recent
  /// one lowest.
  @inline(__always)
  func append(_ recent: UInt64) {
    let tag = Int(recent &>> UInt64(16 &+ 8 &* gap) & 0xFF)
    let value = value(recent)
    let step = value &- UInt16(truncatingIfNeeded: fields[tag])
    fields[tag] = UInt32(step) &<< 16 | UInt32(value)
  }

  /// What is expected of the next byte: as the first one of a field, and as the second one of a
  /// field whose first byte is the last one, above whether that byte was expected.
  @inline(__always)
  func expected(_ recent: UInt64) -> UInt64 {
    let first = next(recent &>> UInt64(8 &* gap) & 0xFF)
    let second = next(recent &>> UInt64(8 &* gap &+ 8) & 0xFF)
    let agrees: UInt64 = self.first(of: second) == recent & 0xFF ? 1 : 0
    return agrees &<< 16 | last(of: second) &<< 8 | self.first(of: first)
  }

  @inline(__always)
  private func next(_ tag: UInt64) -> UInt16 {
    let field = fields[Int(tag)]
    return UInt16(truncatingIfNeeded: field) &+ UInt16(truncatingIfNeeded: field &>> 16)
  }

  @inline(__always)
  private func value(_ recent: UInt64) -> UInt16 {
    let value = UInt16(truncatingIfNeeded: recent)
    return isBigEndian ? value : value.byteSwapped
  }

  @inline(__always)
  private func first(of value: UInt16) -> UInt64 {
    UInt64(isBigEndian ? value &>> 8 : value & 0xFF)
  }

  @inline(__always)
  private func last(of value: UInt16) -> UInt64 {
    UInt64(isBigEndian ? value & 0xFF : value &>> 8)
  }
}
