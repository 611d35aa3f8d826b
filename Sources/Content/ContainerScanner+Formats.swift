// SPDX-License-Identifier: Apache-2.0

import Deflate

extension ContainerScanner {
  /// The entry whose local header is at `place` (APPNOTE.TXT, section 4.3.7).
  mutating func zipEntry(at place: Int) -> LocatedStream? {
    guard input.little32(place) == 0x0403_4B50, input.little16(place + 8) == 8,
      let flags = input.little16(place + 6), flags & 1 == 0,
      let crc = input.little32(place + 14), var size = input.little32(place + 18),
      let name = input.little16(place + 26), let extra = input.little16(place + 28)
    else { return nil }
    let start = place + 30 + name + extra
    spend(extra / 16)
    if size == 0xFFFF_FFFF { size = zip64Size(place + 30 + name, extra) ?? size }
    guard start < input.count else { return nil }
    let input = input
    var checksum: LocatedStream.Checksum?
    let stream = unpack(input.slice(start, input.count)) { content, count in
      let expected = crc32(of: content)
      if flags & 8 == 0 {
        if expected == crc { checksum = .init(kind: .crc32, place: place + 14) }
        return count == size
      }
      // A data descriptor follows, with or without a signature.
      let end = start + count
      let signed = input.little32(end) == 0x0807_4B50
      let at = signed ? end + 4 : end
      guard input.little32(at) == expected else { return false }
      checksum = .init(kind: .crc32, place: at)
      return true
    }
    return located(.zip, start, stream, checksum)
  }

  /// The compressed size of zip64's extra field, which comes after the size of the content.
  private func zip64Size(_ start: Int, _ count: Int) -> Int? {
    var field = start
    while field + 4 <= start + count, let id = input.little16(field),
      let size = input.little16(field + 2)
    {
      if id == 1, size >= 16 { return input.little64(field + 12) }
      field += 4 + size
    }
    return nil
  }

  /// The gzip member at `place` (RFC 1952).
  mutating func gzipMember(at place: Int) -> LocatedStream? {
    guard input.bytes[place + 1] == 0x8B, input.bytes[place + 2] == 8,
      input.bytes[place + 3] < 0x20
    else { return nil }
    let flags = input.bytes[place + 3]
    var start = place + 10
    if flags & 4 != 0 {
      guard let extra = input.little16(start) else { return nil }
      start += 2 + extra
    }
    for flag: UInt8 in [8, 16] where flags & flag != 0 {
      while start < input.count, input.bytes[start] != 0 { start += 1 }
      start += 1
    }
    if flags & 2 != 0 { start += 2 }
    spend(start - place)
    guard start < input.count else { return nil }
    let input = input
    var checksum: LocatedStream.Checksum?
    let stream = unpack(input.slice(start, input.count)) { content, count in
      guard input.little32(start + count) == crc32(of: content) else { return false }
      checksum = .init(kind: .crc32, place: start + count)
      return true
    }
    return located(.gzip, start, stream, checksum)
  }

  /// The zlib stream whose header is at `place` (RFC 1950).
  mutating func zlibStream(at place: Int) -> LocatedStream? {
    guard isZlibHeader(input.bytes[place], input.bytes[place + 1]) else { return nil }
    let start = place + 2
    let input = input
    var checksum: LocatedStream.Checksum?
    let stream = unpack(input.slice(start, input.count)) { content, count in
      guard input.big32(start + count) == adler32(of: content) else { return false }
      checksum = .init(kind: .adler32, place: start + count)
      return true
    }
    return located(.zlib, start, stream, checksum)
  }

  func isZlibHeader(_ first: UInt8, _ second: UInt8) -> Bool {
    first & 0x0F == 8 && first < 0x80 && second & 0x20 == 0
      && (Int(first) << 8 | Int(second)) % 31 == 0
  }

  private func located(
    _ container: LocatedStream.Container, _ start: Int, _ stream: InflatedStream?,
    _ checksum: LocatedStream.Checksum?
  ) -> LocatedStream? {
    guard let stream else { return nil }
    return LocatedStream(
      container: container, pieces: [start..<start + stream.compressedCount], stream: stream,
      checksum: checksum)
  }
}
