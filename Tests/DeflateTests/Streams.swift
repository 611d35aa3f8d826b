// SPDX-License-Identifier: Apache-2.0

import CZlib
import TestSupport

/// How zlib makes a stream.
struct ZlibSettings {
  var level = 6
  var window = 15
  var memory = 8
  var strategy = Z_DEFAULT_STRATEGY
  /// A flush after this many bytes, with `flush`.
  var pieces = Int.max
  var flush = Z_SYNC_FLUSH
}

/// The raw deflate stream that zlib makes of `content`.
func zlibStream(_ content: [UInt8], _ settings: ZlibSettings = ZlibSettings()) -> [UInt8] {
  var stream = z_stream()
  let status = deflateInit2_(
    &stream, Int32(settings.level), Z_DEFLATED, Int32(-settings.window), Int32(settings.memory),
    settings.strategy, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
  precondition(status == Z_OK)
  defer { deflateEnd(&stream) }
  var output = [UInt8](repeating: 0, count: content.count * 2 + 4096)
  var input = content
  var written = 0
  input.withUnsafeMutableBufferPointer { source in
    output.withUnsafeMutableBufferPointer { target in
      stream.next_out = target.baseAddress
      stream.avail_out = UInt32(target.count)
      var place = 0
      repeat {
        let count = min(settings.pieces, source.count - place)
        stream.next_in = source.baseAddress.map { $0 + place }
        stream.avail_in = UInt32(count)
        place += count
        let status = deflate(&stream, place == source.count ? Z_FINISH : settings.flush)
        precondition(status == Z_OK || status == Z_STREAM_END)
      } while place < source.count
      written = target.count - Int(stream.avail_out)
    }
  }
  return Array(output[..<written])
}

/// Text-like content with repetitions, lists and numbers.
func sampleContent(_ count: Int, seed: UInt64) -> [UInt8] {
  var random = SplitMix64(state: seed)
  var words: [[UInt8]] = []
  for _ in 0..<300 {
    words.append(
      (0..<Int.random(in: 1...9, using: &random)).map { _ in
        UInt8.random(in: 97...122, using: &random)
      })
  }
  var content: [UInt8] = []
  while content.count < count {
    switch Int.random(in: 0..<40, using: &random) {
    case 0: content += [UInt8](repeating: 32, count: Int.random(in: 1...400, using: &random))
    case 1: content += "\(Int.random(in: 0...1_000_000, using: &random))\n".utf8
    case 2:
      for _ in 0..<20 { content.append(UInt8.random(in: 0...255, using: &random)) }
    default:
      let index = Int.random(in: 0..<300, using: &random)
      content += words[index * index / 300] + [32]
    }
  }
  return Array(content[..<count])
}
