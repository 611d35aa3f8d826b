// SPDX-License-Identifier: Apache-2.0

import Archive
import LSTMArchive
import TestSupport
import Testing

/// What comes back of damaged archives.
@Suite struct RecoveryTests {
  private static let frames = 20
  private static let content = Samples.mixed(count: 1024 * frames)

  private static func archive() throws -> [UInt8] {
    var compressor = Compressor(level: .fast)
    compressor.frameSize = 1024
    return try compressor.compress(content)
  }

  private func recover(
    _ archive: [UInt8], fillsHoles: Bool
  ) throws -> (content: [UInt8], report: RecoveryReport) {
    var content: [UInt8] = []
    let report = try Decompressor().recover(
      RandomAccessSource(archive), fillsHoles: fillsHoles, to: { content += $0 })
    return (content, report)
  }

  /// Where each frame begins, and the index.
  private static func starts(_ archive: [UInt8]) throws -> [Int] {
    let read = try ArchiveIndex.read(endingAt: archive.count) { Array(archive[$0...].prefix($1)) }
    var starts = [0]
    for entry in read?.index.entries ?? [] {
      starts.append(starts[starts.count - 1] + entry.frameSize)
    }
    return starts
  }

  private static func without(_ lost: [Int], zeros: Bool) -> [UInt8] {
    (0..<frames).flatMap { frame -> [UInt8] in
      guard lost.contains(frame) else { return Array(content[frame * 1024..<(frame + 1) * 1024]) }
      return zeros ? [UInt8](repeating: 0, count: 1024) : []
    }
  }

  @Test func soundArchivesComeBackWhole() throws {
    let archive = try Self.archive()
    for padding in [0, 5, 1000] {
      let (content, report) = try recover(
        archive + [UInt8](repeating: 0, count: padding), fillsHoles: true)
      let isEqual = content == Self.content
      #expect(isEqual && report.holes.isEmpty && report.frames == Self.frames)
    }
  }

  /// Three of twenty frames, in the header or the payload: seventeen come back exactly.
  @Test(arguments: zip([[4, 5, 19], [0, 7, 13], [1, 2, 3]], [0, 9, 60]))
  func damagedFrames(lost: [Int], place: Int) throws {
    var archive = try Self.archive()
    let starts = try Self.starts(archive)
    for frame in lost { archive[starts[frame] + place] ^= 0x40 }
    for fillsHoles in [true, false] {
      let (content, report) = try recover(archive, fillsHoles: fillsHoles)
      let isExpected = content == Self.without(lost, zeros: fillsHoles)
      #expect(isExpected, "\(lost), \(place)")
      #expect(report.frames == Self.frames - lost.count)
      #expect(report.contentBytes == 1024 * (Self.frames - lost.count))
      #expect(report.holes.compactMap(\.contentSize).reduce(0, +) == 1024 * lost.count)
      let damaged = report.holes.map(\.archive)
      for frame in lost {
        #expect(damaged.contains { $0.contains(starts[frame] + place) })
      }
    }
  }

  /// Bytes that are missing or too many move all frames after them, and the index tells other places.
  @Test func insertedAndRemovedBytes() throws {
    let archive = try Self.archive()
    let starts = try Self.starts(archive)
    let place = starts[6] + 50
    for damaged in [
      Array(archive[..<place] + [1, 2, 3] + archive[place...]),
      Array(archive[..<place] + archive[(place + 7)...]),
    ] {
      let (content, report) = try recover(damaged, fillsHoles: false)
      let isExpected = content == Self.without([6], zeros: false)
      #expect(isExpected)
      #expect(report.frames == Self.frames - 1 && report.holes.count == 1)
    }
  }

  @Test func truncatedArchives() throws {
    let archive = try Self.archive()
    let starts = try Self.starts(archive)
    let (content, report) = try recover(Array(archive.prefix(starts[9] + 33)), fillsHoles: true)
    let isExpected = content.starts(with: Self.content.prefix(9 * 1024))
    #expect(isExpected && report.frames == 9 && report.holes.count == 1)
  }

  @Test func storedFrames() throws {
    var compressor = Compressor(level: .fast)
    compressor.frameSize = 1024
    let (random, text) = (Samples.random(200_000), Samples.text(3000))
    var archive = try compressor.compress(text + random + text)
    let (whole, sound) = try recover(archive, fillsHoles: true)
    let isEqual = whole == text + random + text
    #expect(isEqual && sound.holes.isEmpty)
    archive[100_000] ^= 1
    let (content, report) = try recover(archive, fillsHoles: true)
    #expect(report.holes.count == 1 && content.count == whole.count)
    #expect(report.holes.first?.contentSize ?? 0 > random.count - 1024)
  }

  @Test func noArchiveAtAll() throws {
    for bytes in [[], Samples.text(5000), Samples.random(5000), FrameBytes.magic] {
      let isRestored = (try? recover(bytes, fillsHoles: true))?.report.frames ?? 0 > 0
      #expect(!isRestored)
    }
    #expect(throws: CompressionError.self) { try recover(Samples.text(500), fillsHoles: true) }
  }

  private enum FrameBytes {
    static let magic: [UInt8] = [0xD5, 0x4C, 0x53, 0x54, 1, 1, 3, 3]
  }
}
