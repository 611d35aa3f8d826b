// SPDX-License-Identifier: Apache-2.0

import Archive
import LSTMArchive
import TestSupport
import Testing

/// The index after the last frame, ranges of the content, and what damaged indexes lead to.
@Suite struct IndexTests {
  private static let content =
    Samples.mixed(count: 5000) + Samples.random(3000)
    + Samples.text(2300)

  /// An archive of frames of 1 KiB.
  private static func archive(_ content: [UInt8]) throws -> [UInt8] {
    var compressor = Compressor(level: .fast)
    compressor.frameSize = 1024
    return try compressor.compress(content)
  }

  private func index(_ archive: [UInt8]) throws -> (index: ArchiveIndex, start: Int)? {
    try ArchiveIndex.read(endingAt: archive.count) { Array(archive[$0...].prefix($1)) }
  }

  private func range(_ range: Range<Int>, _ archive: [UInt8]) throws -> [UInt8] {
    var content: [UInt8] = []
    try Decompressor().decompress(
      range, of: RandomAccessSource(archive), to: { content += $0 })
    return content
  }

  @Test func entriesAreTheFrames() throws {
    let archive = try Self.archive(Self.content)
    let (index, start) = try #require(try index(archive))
    #expect(index.frameBytes == start)
    #expect(index.entries.map(\.contentSize).reduce(0, +) == Self.content.count)
    #expect(index.entries.count > 6)
    // The incompressible part is one stored frame.
    #expect(index.entries.contains { $0.contentSize > 1024 && $0.frameSize > $0.contentSize })
    #expect(index.bytes.count <= 12 * index.entries.count)
    #expect(archive.count - start == index.bytes.count)
  }

  /// One frame needs none.
  @Test(arguments: [0, 1, 1000, 1024])
  func singleFramesHaveNone(count: Int) throws {
    for content in [Samples.text(count), Samples.random(count * 3)] {
      #expect(try index(Self.archive(content)) == nil)
    }
  }

  @Test func randomRanges() throws {
    let one = try Self.archive(Self.content)
    let single = try Compressor(level: .fast).compress(Samples.text(700))
    let empty = try Self.archive([])
    // With an index each, without one in the midst or at the end, and with zeros after all.
    let joined: [([UInt8], [UInt8])] = [
      (one, Self.content), (one + one, Self.content + Self.content),
      (single + one, Samples.text(700) + Self.content),
      (one + single, Self.content + Samples.text(700)),
      (empty + one + empty + single + one, Self.content + Samples.text(700) + Self.content),
      (one + [UInt8](repeating: 0, count: 70_000), Self.content),
    ]
    for (number, (archive, content)) in joined.enumerated() {
      #expect(
        try Decompressor().contentSize(of: RandomAccessSource(archive)) == content.count)
      let ends = Samples.random(5, seed: UInt64(number + 3)).map { Int($0) * content.count / 255 }
      for (first, second) in zip(ends, ends.dropFirst()) {
        let (start, end) = (min(first, second), max(first, second))
        let isEqual = try range(start..<end, archive) == Array(content[start..<end])
        #expect(isEqual, "\(number), \(start)..<\(end)")
      }
      let isWhole = try range(0..<Int.max, archive) == content
      #expect(isWhole)
    }
  }

  /// Frames are read where they are wanted, and nowhere else.
  @Test func onlyNeededFramesAreRead() throws {
    let archive = try Self.archive(Self.content)
    let (index, start) = try #require(try index(archive))
    var read: [Range<Int>] = []
    let source = RandomAccessSource(size: archive.count) { position, count in
      read.append(position..<position + count)
      return Array(archive[position...].prefix(count))
    }
    try Decompressor().decompress(2100..<2200, of: source, to: { _ in })
    let before = index.entries.prefix(2).map(\.frameSize).reduce(0, +)
    let frame = before..<before + index.entries[2].frameSize
    for part in read where part.lowerBound < start {
      #expect(frame.contains(part.lowerBound))
    }
  }

  /// A damaged index is none: the headers tell the same.
  @Test func damagedIndexes() throws {
    let archive = try Self.archive(Self.content)
    let (_, start) = try #require(try index(archive))
    for position in stride(from: start, to: archive.count, by: 3) {
      var damaged = archive
      damaged[position] ^= 0x21
      #expect(try index(damaged) == nil)
      let isRestored =
        (try? range(3000..<3100, damaged)).map { $0 == Array(Self.content[3000..<3100]) }
      // A damaged header of the index is damage of the archive; its data is never content.
      #expect(isRestored != false)
    }
    let cut = try range(100..<5000, Array(archive.prefix(start)))
    #expect(cut == Array(Self.content[100..<5000]))
  }

  /// Indexes that are well formed and lie.
  @Test func lyingIndexes() throws {
    let archive = try Self.archive(Self.content)
    let (index, start) = try #require(try index(archive))
    var swapped = index
    swapped.entries.swapAt(0, index.entries.count - 1)
    var longer = index
    longer.entries[3].contentSize += 1
    longer.entries[4].contentSize -= 1
    for lie in [swapped, longer] {
      let forged = Array(archive.prefix(start)) + lie.bytes
      #expect(throws: CompressionError.self) { try range(0..<Self.content.count, forged) }
      let isRestored = try Decompressor().decompress(forged) == Self.content
      #expect(isRestored)
    }
    // More frames than there are bytes, and sizes that overflow.
    for entry in [
      ArchiveIndex.Entry(contentSize: 1, frameSize: archive.count),
      ArchiveIndex.Entry(contentSize: 1 << 56, frameSize: 1),
      ArchiveIndex.Entry(contentSize: 0, frameSize: 0),
    ] {
      let forged = Array(archive.prefix(start)) + ArchiveIndex([entry, entry]).bytes
      #expect(try self.index(forged) == nil)
    }
    // As many empty ranges as there can be.
    #expect(try range(5..<5, archive).isEmpty)
    #expect(try range(Self.content.count..<Int.max, archive).isEmpty)
  }
}
