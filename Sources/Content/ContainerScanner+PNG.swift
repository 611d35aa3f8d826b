// SPDX-License-Identifier: Apache-2.0

import Deflate

extension ContainerScanner {
  private static let headerType = 0x4948_4452
  private static let dataType = 0x4944_4154

  /// The image data of a PNG file whose first data chunk's type is at `place`; a file's signature there
  /// only says what its image is like.
  mutating func pngImage(at place: Int) -> LocatedStream? {
    if input.bytes[place] == 0x89 {
      if input.big32(place) == 0x8950_4E47, input.big32(place + 12) == Self.headerType {
        readHeader(place + 16)
      }
      return nil
    }
    guard place >= 4, input.big32(place) == Self.dataType else { return nil }
    let chunks = dataChunks(place - 4)
    // Where this fails, all chunks but the first are looked at again.
    spend(chunks.reduce(0) { $0 + $1.count + 12 })
    var data: [UInt8] = []
    for chunk in chunks { data += input.bytes[chunk] }
    guard data.count > 2, isZlibHeader(data[0], data[1]) else { return nil }
    let stream = data.withUnsafeBufferPointer { buffer in
      unpack(UnsafeBufferPointer(rebasing: buffer[2...])) { content, count in
        guard count + 6 <= buffer.count else { return false }
        let stored = buffer[(count + 2)..<(count + 6)].reduce(0) { $0 << 8 | Int($1) }
        return stored == adler32(of: content)
      }
    }
    guard let stream else { return nil }
    let pieces = parts(of: chunks, from: 2, count: stream.compressedCount)
    let rest = parts(of: chunks, from: 2 + stream.compressedCount, count: 4)
    let row = rowBytes > 0 && stream.content.count % rowBytes == 0 ? rowBytes : 0
    return LocatedStream(
      container: .png(rowBytes: row, pixelBytes: row > 0 ? pixelBytes : 0), pieces: pieces,
      stream: stream,
      checksum: rest.count == 1 ? .init(kind: .adler32, place: rest[0].lowerBound) : nil)
  }

  /// The data of the data chunks that follow one another from the one whose length is at `start`.
  private func dataChunks(_ start: Int) -> [Range<Int>] {
    var chunks: [Range<Int>] = []
    var chunk = start
    var total = 0
    while let size = input.big32(chunk), input.big32(chunk + 4) == Self.dataType,
      chunk + 12 + size <= input.count
    {
      chunks.append(chunk + 8..<chunk + 8 + size)
      chunk += 12 + size
      total += size
    }
    return chunks
  }

  /// The parts of `chunks` that hold `count` bytes of their data from `start` on.
  private func parts(of chunks: [Range<Int>], from start: Int, count: Int) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var before = 0
    for chunk in chunks {
      let first = max(start - before, 0)
      let last = min(start + count - before, chunk.count)
      if first < last {
        result.append(chunk.lowerBound + first..<chunk.lowerBound + last)
      }
      before += chunk.count
    }
    return result
  }

  /// Reads what an image is like from its header's data at `place` (PNG, section 11.2.2).
  private mutating func readHeader(_ place: Int) {
    rowBytes = 0
    guard let width = input.big32(place), width > 0, place + 13 <= input.count else { return }
    let depth = Int(input.bytes[place + 8])
    let samples = [1, 0, 3, 1, 2, 0, 4][min(Int(input.bytes[place + 9]), 6)]
    guard [1, 2, 4, 8, 16].contains(depth), samples > 0 else { return }
    // Rows of interlaced images have several sizes.
    if input.bytes[place + 12] != 0 { return }
    pixelBytes = max(depth * samples / 8, 1)
    rowBytes = (width * depth * samples + 7) / 8 + 1
  }
}
