// SPDX-License-Identifier: Apache-2.0

import Serialisation
import TestSupport
import Testing

@testable import Content

@Suite struct ContentPlanTests {
  private static func rows(_ seed: Int) -> [UInt8] {
    (0..<16 * 301).map { place in
      place % 301 == 0
        ? UInt8(place / 301 % 6) : UInt8(truncatingIfNeeded: place / 301 * 3 + place % 301 * seed)
    }
  }

  /// Contents, and how many of their streams are unpacked.
  private static let contents: [(name: String, bytes: [UInt8], streams: Int)] = [
    ("gzip", gzip(text(9000, 1)), 1),
    ("gzip in gzip", gzip(gzip(text(9000, 2)) + filler), 2),
    ("PNG", png(zlib(rows(1)), chunk: 100_000) + filler, 1),
    ("PNG in chunks", filler + png(zlib(rows(2)), chunk: 50), 1),
    ("two pictures", png(zlib(rows(3)), chunk: 60) + png(zlib(rows(5)), chunk: 70), 2),
    ("tar", tar([text(700, 3), Samples.random(20_000), [], text(40, 4)]), 0),
    ("tar of containers", tar([gzip(text(5000, 5)), filler, zlib(text(800, 6)) + filler]), 2),
    ("tar in gzip", gzip(tar([text(3000, 7), gzip(text(4000, 8))])), 2),
    ("cut tar", Array(tar([text(700, 3), gzip(text(9000, 9))]).dropLast(1800)), 0),
    ("text, random, text", text(90_000, 10) + Samples.random(90_000) + text(80_000, 11), 0),
    ("zeros", [UInt8](repeating: 0, count: 100_000), 0),
    ("repeats", text(40_000, 12) + filler + text(40_000, 12) + filler + text(36_000, 12), 0),
  ]

  private func plan(_ bytes: [UInt8]) -> ContentPlanner.Result {
    ContentPlanner.plan(bytes, unpacks: true)
  }

  @Test(arguments: contents.indices)
  func contentsComeBack(index: Int) throws {
    let (_, bytes, streams) = Self.contents[index]
    let result = plan(bytes)
    let plan = try #require(result.plan)
    #expect(plan.reconstructions.count == streams)
    #expect(result.parts.byteCount == result.coded.count)
    let read = try ContentPlan(bytes: plan.bytes)
    #expect(read == plan)
    #expect(read.codedParts == result.parts)
    #expect(try read.restore(result.coded, count: bytes.count) == bytes)
  }

  @Test func whatIsOfOnePieceHasNoPlan() {
    for bytes in [[], filler, text(50_000, 1), Samples.random(50_000)] {
      let result = plan(bytes)
      #expect(result.plan == nil && result.coded == bytes && result.parts.count == 1)
    }
    let packed = gzip(text(9000, 1))
    #expect(ContentPlanner.plan(packed, unpacks: false).plan == nil)
  }

  /// What would take much longer than its bytes let expect stays packed.
  @Test func bombsStayPacked() {
    let words = (0..<40_000).flatMap { _ in Array("ab cd ef gh ".utf8) }
    let period = (0..<1000).flatMap { text(600, $0 / 500) }
    #expect(plan(gzip(words)).coded.count < 60_000)
    let bomb = gzip(period)
    #expect(plan(bomb).coded.count < bomb.count * 48 + 100_000)
  }

  /// Streams behind an archive are nobody's; archives within each other without end are not followed.
  @Test func oddArchives() throws {
    let archive = Array(tar([text(700, 3)]).dropLast(1024))
    let behind = archive + filler + gzip(text(5000, 4)) + gzip(text(5000, 5))
    var nested = text(600, 6)
    for _ in 0..<300 { nested = Array(tar([nested]).dropLast(1024)) }
    for bytes in [behind, nested] {
      let result = plan(bytes)
      let plan = try #require(result.plan)
      #expect(try ContentPlan(bytes: plan.bytes).restore(result.coded, count: bytes.count) == bytes)
    }
  }

  @Test func partsOfOneGroupHaveOneType() {
    let bytes = tar([
      text(20_000, 1), Samples.mixed(count: 30_000), Self.rows(1) + Self.rows(2),
      Samples.random(5000), text(9000, 2),
    ])
    let parts = plan(bytes).parts
    #expect(parts.groupCount > 1)
    for group in 0..<parts.groupCount {
      #expect(Set(parts.of(group: group).map(\.description.type)).count == 1)
    }
  }

  @Test(arguments: 1...5)
  func rowsComeBack(pixelBytes: Int) {
    let rows = Self.rows(7)
    for subtractsGreen in [false, true] {
      let filters = RowFilters(
        rowBytes: 301, pixelBytes: pixelBytes, subtractsGreen: subtractsGreen)
      let unfiltered = filters.remove(from: rows[...])
      #expect(unfiltered != rows)
      #expect(filters.apply(to: unfiltered) == rows)
    }
  }

  /// A photograph's colours change together and from pixel to pixel; a drawing's do not.
  @Test func greenIsSubtractedFromPhotographs() {
    func image(_ pixel: (Int) -> [UInt8]) -> [UInt8] {
      (0..<40).flatMap { row in [0] + (0..<100).flatMap { pixel(row * 100 + $0) } }
    }
    let noise = Samples.random(4000)
    let photograph = image { [noise[$0] &+ 9, noise[$0] &+ 20, noise[$0] &+ UInt8($0 % 7)] }
    let drawing = image { $0 % 50 < 45 ? [200, 200, 10] : [0, 0, 0] }
    for (rows, isPhotograph) in [(photograph, true), (drawing, false)] {
      let found = RowFilters.removed(from: rows[...], rowBytes: 301, pixelBytes: 3)
      #expect(found.filters.subtractsGreen == isPhotograph)
      #expect(found.filters.apply(to: found.rows) == rows)
    }
  }

  @Test func repeatsComeBack() {
    let (a, b) = (Samples.random(50_000, seed: 3), Samples.random(70_000, seed: 4))
    for bytes in [a + a, a + b + a + b, a + [UInt8](repeating: 7, count: 300_000) + b, b + a + b] {
      let repeats = RepeatFinder.find(bytes)
      let left = repeats.removed(from: bytes)
      #expect(!repeats.isEmpty && left.count < 121_000)
      #expect(repeats.restored(to: left, count: bytes.count) == bytes)
      let part = ContentPart(ContentDescription(), count: bytes.count)
      #expect(repeats.removed(from: [part]).byteCount == left.count)
    }
    #expect(RepeatFinder.find(a + b).isEmpty)
  }

  /// Damaged plans are refused, or followed without harm.
  @Test func damage() throws {
    for (index, content) in Self.contents.enumerated() {
      let result = plan(content.bytes)
      let bytes = try #require(result.plan).bytes
      var random = SplitMix64(state: UInt64(index))
      for _ in 0..<150 {
        var damaged = bytes
        for _ in 0...random.below(3) {
          damaged[random.below(damaged.count)] ^= UInt8(1 << random.below(8))
        }
        if random.below(4) == 0 { damaged.removeLast(random.below(damaged.count)) }
        guard let plan = try? ContentPlan(bytes: damaged) else { continue }
        let restored = try? plan.restore(result.coded, count: content.bytes.count)
        #expect(restored == nil || restored?.count == content.bytes.count)
      }
    }
    #expect(throws: FormatError.self) { try ContentPlan(bytes: []) }
  }
}
