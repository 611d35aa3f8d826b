// SPDX-License-Identifier: Apache-2.0

import Deflate

/// Finds the deflate streams of a buffer: of zlib, gzip, zip and PNG, wherever they begin.
///
/// A stream counts only when it unpacks, is described by a short reconstruction and, where its container
/// has no other proof, when the checksum behind it is right. What fails costs time: the bytes that all
/// failed attempts may read and unpack are limited to a multiple of the buffer's, so that the time is
/// linear in the buffer's length and the content of what is found.
package struct ContainerScanner {
  let input: ScannedBytes
  let limits: DeflateLimits
  /// The bytes that failed attempts may still read or unpack.
  private var fuel: Int
  /// The content bytes that may still be found.
  private var contentLeft: Int
  private var found: [LocatedStream] = []
  /// The size of a pixel row and of a pixel of the last PNG header.
  var rowBytes = 0
  var pixelBytes = 0

  /// What failed attempts may read and unpack for each byte of the buffer, and in any case.
  private static let fuelPerByte = 8
  private static let leastFuel = 1 << 24
  /// What an attempt costs in any case: its tables.
  private static let attempt = 256
  /// Shorter streams are not worth unpacking.
  private static let shortest = 16

  private init(_ bytes: UnsafeBufferPointer<UInt8>, _ limits: DeflateLimits) {
    input = ScannedBytes(bytes: bytes)
    self.limits = limits
    contentLeft = limits.content
    fuel = bytes.count * Self.fuelPerByte + Self.leastFuel
  }

  /// The deflate streams of `bytes`, in order and without overlap, whose contents together stay within
  /// the limit.
  package static func scan(
    _ bytes: UnsafeBufferPointer<UInt8>, limits: DeflateLimits = DeflateLimits()
  ) -> [LocatedStream] {
    var scanner = ContainerScanner(bytes, limits)
    scanner.run()
    return scanner.found
  }

  private mutating func run() {
    var place = 0
    // Nothing shorter than this can be unpacked.
    let end = input.count - Self.shortest
    while place < end, fuel > 0 {
      let stream: LocatedStream?
      switch input.bytes[place] {
      case 0x50: stream = zipEntry(at: place)
      case 0x1F: stream = gzipMember(at: place)
      case 0x89, 0x49: stream = pngImage(at: place)
      case 0x18, 0x28, 0x38, 0x48, 0x58, 0x68, 0x78: stream = zlibStream(at: place)
      default: stream = nil
      }
      if let stream {
        found.append(stream)
        contentLeft -= stream.stream.content.count
        place = stream.extent.upperBound
      } else {
        place += 1
      }
    }
  }

  /// Takes note of `count` bytes that were looked at and may be looked at again.
  mutating func spend(_ count: Int) { fuel -= count }

  /// Unpacks the stream at the beginning of `bytes`.
  ///
  /// - Parameter accept: As of ``DeflateReconstruction/analyse(_:limits:effort:accept:)``.
  mutating func unpack(
    _ bytes: UnsafeBufferPointer<UInt8>, accept: ([UInt8], Int) -> Bool
  ) -> InflatedStream? {
    guard bytes.count >= Self.shortest else { return nil }
    var effort = Self.attempt
    var limits = limits
    limits.content = max(min(contentLeft, fuel), 0)
    let stream = DeflateReconstruction.analyse(bytes, limits: limits, effort: &effort) {
      content, count in count >= Self.shortest && accept(content, count)
    }
    if stream == nil { fuel -= effort }
    return stream
  }
}
