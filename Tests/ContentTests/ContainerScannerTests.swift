// SPDX-License-Identifier: Apache-2.0

import Deflate
import Testing

@testable import Content

@Suite struct ContainerScannerTests {
  private func scan(_ bytes: [UInt8]) -> [LocatedStream] {
    bytes.withUnsafeBufferPointer { ContainerScanner.scan($0) }
  }

  /// Expects that the streams' pieces are restored from what was found.
  private func expectRestored(_ bytes: [UInt8], _ located: [LocatedStream]) throws {
    var end = 0
    for item in located {
      #expect(item.extent.lowerBound >= end)
      end = item.extent.upperBound
      let restored = try DeflateReconstruction.restore(
        content: item.stream.content, reconstruction: item.stream.reconstruction)
      #expect(restored == Array(item.pieces.map { bytes[$0] }.joined()))
    }
  }

  @Test func zlibStreams() throws {
    let bytes = filler + zlib(text(5000, 1)) + filler + zlib(text(3000, 2)) + [0x78, 0x9C, 7]
    let located = scan(bytes)
    #expect(located.map { $0.stream.content } == [text(5000, 1), text(3000, 2)])
    #expect(located.allSatisfy { $0.container == .zlib && $0.checksum?.kind == .adler32 })
    try expectRestored(bytes, located)
    // A wrong checksum is no proof of a stream.
    var damaged = bytes
    damaged[located[0].extent.upperBound] ^= 1
    #expect(scan(damaged).map { $0.stream.content } == [text(3000, 2)])
  }

  @Test func gzipMembers() throws {
    func member(_ content: [UInt8], _ flags: UInt8, _ fields: [UInt8]) -> [UInt8] {
      [0x1F, 0x8B, 8, flags, 0, 0, 0, 0, 0, 3] + fields + raw(content)
        + little(crc32(of: content), 4) + little(content.count, 4)
    }
    let bytes =
      member(text(4000, 3), 0, [])
      + member(text(400, 4), 0x1E, [2, 0, 1, 2, 65, 0, 66, 67, 0, 9, 9])
    let located = scan(bytes)
    #expect(located.map { $0.stream.content } == [text(4000, 3), text(400, 4)])
    #expect(located.allSatisfy { $0.container == .gzip && $0.checksum?.kind == .crc32 })
    try expectRestored(bytes, located)
  }

  @Test(arguments: 0..<4)
  func zipEntries(form: Int) throws {
    let content = text(4000, 5)
    let data = raw(content)
    let crc = crc32(of: content)
    let described = form == 1 || form == 2
    var bytes: [UInt8] = [0x50, 0x4B, 3, 4, 20, 0, described ? 8 : 0, 0, 8, 0, 0, 0, 0, 0]
    let extra = form == 3 ? [1, 0, 16, 0] + little(content.count, 8) + little(data.count, 8) : []
    let size = form == 3 ? 0xFFFF_FFFF : described ? 0 : data.count
    bytes += little(described ? 0 : crc, 4) + little(size, 4)
    bytes += little(form == 3 ? 0xFFFF_FFFF : described ? 0 : content.count, 4)
    bytes += [1, 0] + little(extra.count, 2) + [97] + extra + data
    if form == 1 { bytes += [0x50, 0x4B, 7, 8] }
    if described { bytes += little(crc, 4) + little(data.count, 4) + little(content.count, 4) }
    bytes += filler
    let located = scan(bytes)
    #expect(located.map { $0.stream.content } == [content])
    #expect(located.first?.container == .zip)
    let place = try #require(located.first?.checksum?.place)
    #expect(Array(bytes[place..<place + 4]) == little(crc, 4))
    try expectRestored(bytes, located)
  }

  @Test(arguments: [40, 300, 100_000])
  func pngImages(chunk: Int) throws {
    let content = text(301 * 16, 6)
    let data = zlib(content)
    let bytes = png(data, chunk: chunk) + filler
    let located = scan(bytes)
    #expect(located.map { $0.stream.content } == [content])
    #expect(located.first?.container == .png(rowBytes: 301, pixelBytes: 3))
    #expect((located.first?.pieces.count ?? 0) == (data.count - 5 + chunk - 1) / chunk)
    try expectRestored(bytes, located)
  }

  @Test func nothing() {
    #expect(scan([]).isEmpty)
    #expect(scan([0x78, 0x9C]).isEmpty)
    #expect(scan(filler).isEmpty)
    // Headers without end, at each place: the limits of failed attempts keep this short.
    #expect(scan([UInt8](repeating: 0x78, count: 100_000)).isEmpty)
    #expect(scan((0..<30_000).flatMap { _ in [0x78, 0x9C, 0x4B] as [UInt8] }).isEmpty)
    #expect(scan((0..<20_000).flatMap { _ in [0, 0, 0, 4] + Array("IDAT".utf8) }).isEmpty)
    #expect(scan((0..<20_000).flatMap { _ in [0x1F, 0x8B, 8, 8, 1] as [UInt8] }).isEmpty)
  }

  @Test func damage() throws {
    var number = 9
    let sample =
      filler + zlib(text(2000, 7)) + [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + raw(text(900, 8))
    for _ in 0..<200 {
      var bytes = sample
      for _ in 0..<3 {
        number = (number * 1_103_515_245 + 12345) % (1 << 31)
        bytes[(number >> 8) % bytes.count] = UInt8(truncatingIfNeeded: number >> 16)
      }
      try expectRestored(bytes, scan(bytes))
    }
  }
}
