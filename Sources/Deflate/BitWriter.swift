// SPDX-License-Identifier: Apache-2.0

/// Writes bits, the lowest of a byte first.
struct BitWriter {
  private(set) var bytes: [UInt8] = []
  private var window: UInt64 = 0
  private var used = 0

  /// The number of whole bytes written.
  var count: Int { bytes.count }

  /// How many bits of the last byte are written, 0 to 7.
  var bitsOfLastByte: Int { used }

  /// Writes the lowest `count` bits, 0 to 48, of `value`, whose other bits are zero.
  @inline(__always)
  mutating func write(_ value: UInt64, _ count: Int) {
    window |= value &<< UInt64(truncatingIfNeeded: used)
    used &+= count
    while used >= 8 {
      bytes.append(UInt8(truncatingIfNeeded: window))
      window &>>= 8
      used &-= 8
    }
  }

  /// Appends whole bytes; must be called where no byte is begun.
  mutating func append(_ slice: UnsafeBufferPointer<UInt8>) {
    bytes.append(contentsOf: slice)
  }
}
