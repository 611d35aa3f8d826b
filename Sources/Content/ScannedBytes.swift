// SPDX-License-Identifier: Apache-2.0

import CZlib

/// A buffer with integers of both byte orders; what lies outside is nil.
struct ScannedBytes {
  let bytes: UnsafeBufferPointer<UInt8>

  var count: Int { bytes.count }

  func little16(_ place: Int) -> Int? {
    guard place >= 0, place + 2 <= count else { return nil }
    return Int(bytes[place]) | Int(bytes[place + 1]) << 8
  }

  func little32(_ place: Int) -> Int? {
    guard let low = little16(place), let high = little16(place + 2) else { return nil }
    return low | high << 16
  }

  func little64(_ place: Int) -> Int? {
    guard let low = little32(place), let high = little32(place + 4), high < 1 << 31 else {
      return nil
    }
    return low | high << 32
  }

  func big32(_ place: Int) -> Int? {
    little32(place).map { Int(UInt32($0).byteSwapped) }
  }

  /// The bytes from `place` on, up to `end`.
  func slice(_ place: Int, _ end: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: bytes[place..<end])
  }
}

/// The Adler-32 checksum of `content`, which has fewer than 2³² bytes.
func adler32(of content: [UInt8]) -> Int {
  Int(adler32(1, content, uInt(content.count)))
}

/// The CRC-32 of `content`, which has fewer than 2³² bytes.
func crc32(of content: [UInt8]) -> Int {
  Int(crc32(0, content, uInt(content.count)))
}
