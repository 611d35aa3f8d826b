// SPDX-License-Identifier: Apache-2.0

/// The number of equal bytes at two places, at most `most`.
///
/// `most` bytes must be readable at both.
@inline(__always)
func equalBytes(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, most: Int) -> Int {
  var index = 0
  // Words end at or before `most`.
  while index &+ 8 <= most {
    let x = UnsafeRawPointer(a + index).loadUnaligned(as: UInt64.self)
    let y = UnsafeRawPointer(b + index).loadUnaligned(as: UInt64.self)
    let difference = UInt64(littleEndian: x ^ y)
    if difference != 0 { return index &+ difference.trailingZeroBitCount &>> 3 }
    index &+= 8
  }
  while index < most, a[index] == b[index] { index &+= 1 }
  return index
}
