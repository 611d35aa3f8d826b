// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// `--range` and `--keep-going`.
@Suite struct PartTests {
  private static let frame = 4096
  private static let content = Samples.mixed(count: 20 * frame)

  /// A folder with a content and its archive of 20 frames.
  private func prepare() throws -> CommandLineRun {
    let run = try CommandLineRun()
    try run.write("a", Self.content)
    #expect(try run.run("compress", "-1", "--frame-size", "4K", "a").status == 0)
    return run
  }

  @Test func ranges() throws {
    let run = try prepare()
    for (first, last) in [(0, 0), (0, 99), (4095, 4096), (4096, 8191), (70_000, 81_919)] {
      let part = try run.run("decompress", "--range", "\(first)-\(last)", "a.lstm")
      #expect(part.status == 0, "\(part.errors)")
      #expect(part.output == Array(Self.content[first...last]))
    }
    #expect(
      try run.run("decompress", "--range=81900-", "a.lstm").output == Array(Self.content[81_900...])
    )
    let ends = Samples.random(400, seed: 5).map { Int($0) }
    for index in stride(from: 0, to: ends.count, by: 4) {
      let places = [0, 2].map { (ends[index + $0] << 8 | ends[index + $0 + 1]) % 81_920 }
      let (first, last) = (places.min() ?? 0, places.max() ?? 0)
      let part = try run.run("decompress", "--range", "\(first)-\(last)", "a.lstm")
      let isEqual = part.output == Array(Self.content[first...last])
      #expect(isEqual, "\(first)-\(last)")
    }
    let beyond = try run.run("decompress", "--range", "5-999999999", "-o", "b", "a.lstm")
    #expect(beyond.status == 0 && run.read("b") == Array(Self.content[5...]))
    // The content itself is not overwritten by a part of it.
    #expect(run.read("a") == Self.content)
  }

  @Test(arguments: ["9-5", "-5", "x-9", "5", "5-6-7", "", "-", "1-99999999999999999999"])
  func wrongRanges(range: String) throws {
    let run = try CommandLineRun()
    try run.write("a.lstm", [])
    #expect(try run.run("decompress", "--range=\(range)", "a.lstm").status == 64)
  }

  @Test func impossibleRanges() throws {
    let run = try prepare()
    let beyond = try run.run("decompress", "--range", "81920-81920", "a.lstm")
    #expect(beyond.status == 1 && beyond.errors.contains("the content has only 81920 bytes"))
    let pipe = try run.shell("cat a.lstm | $P decompress --range 0-5 -")
    #expect(pipe.status == 1 && pipe.errors.contains("need an archive in a file"))
    #expect(try run.run("decompress", "--range", "0-5", "--rm", "-o", "b", "a.lstm").status == 64)
    #expect(try run.run("decompress", "--range", "0-5", "--keep-going", "a.lstm").status == 64)
    #expect(run.names == ["a", "a.lstm"])
  }

  /// Of 20 frames one is read, and the index; `info` reads headers.
  @Test func onlyNeededBytesAreRead() throws {
    let run = try CommandLineRun()
    try run.write("a", Samples.mixed(count: 1 << 20))
    #expect(try run.run("compress", "-1", "--frame-size", "64K", "a").status == 0)
    let size = try #require(run.read("a.lstm")?.count)
    func bytesRead(_ command: String) throws -> Int? {
      let trace = try run.shell(
        "strace -f -o trace -P a.lstm -e trace=read,pread64 $P \(command) > /dev/null")
      guard trace.status == 0, let lines = run.read("trace") else { return nil }
      return String(decoding: lines, as: UTF8.self).split(separator: "\n").compactMap { line in
        line.split(separator: "=").last.flatMap { Int($0.trimmingCharacters(in: .whitespaces)) }
      }.reduce(0, +)
    }
    guard let all = try bytesRead("decompress -c a.lstm") else { return }
    #expect(all >= size)
    let range = try #require(try bytesRead("decompress --range 500000-500009 a.lstm"))
    // The last piece, of 64 KiB, is looked at for zeros.
    #expect(range < size / 8 + 65536 + 1000)
    let info = try #require(try bytesRead("info a.lstm"))
    #expect(info < 16 * 4096)
  }

  @Test func keepGoing() throws {
    let run = try prepare()
    var archive = try #require(run.read("a.lstm"))
    // In the payloads of three frames.
    for place in [archive.count / 10, archive.count / 2, archive.count * 9 / 10] {
      archive[place] ^= 0x11
    }
    try run.write("d.lstm", archive)
    #expect(try run.run("decompress", "d.lstm").status == 1)
    #expect(!run.names.contains("d"))
    let result = try run.run("decompress", "--keep-going", "d.lstm")
    #expect(result.status == 1)
    let lines = result.errors.split(separator: "\n")
    #expect(lines.count == 4 && lines[3].hasSuffix("17 frames with 69632 bytes are restored"))
    let restored = try #require(run.read("d"))
    #expect(restored.count == Self.content.count)
    let lost = (0..<20).filter { frame in
      let range = frame * Self.frame..<(frame + 1) * Self.frame
      if restored[range] == Self.content[range] { return false }
      #expect(restored[range].allSatisfy { $0 == 0 })
      return true
    }
    #expect(lost.count == 3)
    for frame in lost {
      #expect(result.errors.contains("d.lstm: 4096 bytes at \(frame * Self.frame) are lost"))
    }

    let json = try run.run(
      "decompress", "--keep-going", "--json", "--holes", "omit", "-o", "e", "d.lstm")
    #expect(json.status == 1 && run.read("e")?.count == 17 * Self.frame)
    let report = try JSONSerialization.jsonObject(with: Data(json.output)) as? [String: Any]
    let holes = try #require(report?["holes"] as? [[String: Any]])
    #expect(report?["frames"] as? Int == 17 && holes.count == 3)
    #expect(holes.allSatisfy { $0["contentBytes"] as? Int == Self.frame })
    #expect(holes[0]["contentOffset"] as? Int == lost[0] * Self.frame)
    let printed = try run.run("decompress", "--keep-going", "--json", "-c", "d.lstm")
    #expect(printed.output.count == Self.content.count && printed.errors.contains("\"holes\""))
  }

  @Test func nothingToKeepGoingWith() throws {
    let run = try prepare()
    let sound = try run.run("decompress", "--keep-going", "-o", "b", "a.lstm")
    #expect(sound.status == 0 && run.read("b") == Self.content)
    try run.write("c.lstm", Samples.text(9000))
    let none = try run.run("decompress", "--keep-going", "c.lstm")
    #expect(none.status == 1 && none.errors.contains("not an lstmzip archive"))
    #expect(!run.names.contains("c"))
    #expect(try run.run("decompress", "--json", "a.lstm").status == 64)
  }
}
