// SPDX-License-Identifier: Apache-2.0

/// The bits of a byte that are known, the highest first.
public struct PartialByte: BitwiseCopyable, Sendable {
  /// The bits behind a leading one: 1 before the first.
  public var node: Int
  /// Their number, 0 to 8.
  public var count: Int

  /// Makes a byte of which nothing is known.
  public init() {
    node = 1
    count = 0
  }

  /// Takes in the next bit.
  @inline(__always)
  @inlinable
  public mutating func append(_ bit: Bool) {
    node = node &<< 1 | (bit ? 1 : 0)
    count &+= 1
  }

  /// Whether all bits are known.
  @inline(__always)
  @inlinable
  public var isComplete: Bool { count == 8 }

  /// The known bits of the nibble that is coming behind a leading one.
  @inline(__always)
  @inlinable
  public var nibbleNode: Int {
    let length = count & 3
    return 1 &<< length | node & (1 &<< length &- 1)
  }

  /// The first four bits behind a leading one, 0 while they are coming.
  @inline(__always)
  @inlinable
  public var firstNibble: Int { count < 4 ? 0 : node &>> (count &- 4) }
}
