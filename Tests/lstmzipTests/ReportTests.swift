// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// What `info`, `bench`, `--help`, `--version` and wrong command lines print.
@Suite struct ReportTests {
  @Test func benchAsJSON() throws {
    struct Row: Decodable {
      var name: String
      var bytes, zlibBytes, lstmzipBytes: Int
      var bitsPerByte, compressKBps, decompressKBps: Double
      var exact: Bool
    }
    struct Report: Decodable {
      var files: [Row]
      var total: Row
    }
    let run = try CommandLineRun()
    try run.write("a", FileTests.text)
    try run.write("b", [])
    let result = try run.run("bench", "--json", "a", "b", "missing")
    #expect(result.status == 1)
    let report = try JSONDecoder().decode(Report.self, from: Data(result.output))
    #expect(report.files.map(\.name) == ["a", "b"])
    #expect(report.files[0].bytes == FileTests.text.count)
    #expect(try report.files[0].lstmzipBytes == run.run("compress", "-c", "a").output.count)
    #expect(report.files[0].bitsPerByte > 0 && report.files[0].compressKBps > 0)
    #expect(report.files.allSatisfy(\.exact) && report.total.exact)
    #expect(report.total.bytes == FileTests.text.count)
    #expect(report.total.lstmzipBytes == report.files.map(\.lstmzipBytes).reduce(0, +))
  }

  @Test func benchAsText() throws {
    let run = try CommandLineRun()
    try run.write("a", FileTests.text)
    let text = String(decoding: try run.run("bench", "a").output, as: UTF8.self)
    #expect(text.contains("zlib/lstmzip") && text.contains("total") && text.contains("peak memory"))
  }

  /// Nothing was measured: there is no row, and no total of nothing.
  @Test func benchOfNothing() throws {
    let run = try CommandLineRun()
    for options in [["bench"], ["bench", "--json"], ["bench", "--levels"]] {
      let result = try run.run(options + ["none"])
      #expect(result.status == 1 && result.output.isEmpty)
      #expect(result.errors == "lstmzip: none: No such file or directory\n")
    }
  }

  @Test func infoReadsHeaders() throws {
    let run = try CommandLineRun()
    try run.write("a", [UInt8](repeating: 65, count: 300))
    #expect(try run.run("compress", "a").status == 0)
    let text = String(decoding: try run.run("info", "a.lstm").output, as: UTF8.self)
    #expect(text.contains(" 300 ") && text.contains("experts") && text.contains("a.lstm"))
    let json = try JSONSerialization.jsonObject(
      with: Data(run.run("info", "--json", "a.lstm").output))
    let files = try #require((json as? [String: Any])?["files"] as? [[String: Any]])
    #expect(files[0]["contentBytes"] as? Int == 300)
    #expect(try run.run("info", "a").status == 1)
  }

  @Test func wrongCommandLines() throws {
    let run = try CommandLineRun()
    try run.write("a", FileTests.text)
    for arguments in [
      ["compress"], ["compress", "--nosuch", "a"], ["compress", "a", "a", "-o", "b"],
      ["compress", "-c", "-o", "b", "a"], ["compress", "--rm", "-c", "a"],
      ["compress", "--rm", "-k", "a"],
    ] {
      let result = try run.run(arguments)
      #expect(result.status == 64, "\(arguments)")
      #expect(!result.errors.isEmpty)
    }
    #expect(run.names == ["a"])
  }

  @Test func helpAndVersion() throws {
    let run = try CommandLineRun()
    let help = String(decoding: try run.run("--help").output, as: UTF8.self)
    for command in ["compress", "decompress", "test", "info", "bench"] {
      #expect(help.contains(command))
    }
    let version = String(decoding: try run.run("--version").output, as: UTF8.self)
    #expect(version.contains("archive format 1"))
  }

  @Test func unknownInstructionSet() throws {
    let run = try CommandLineRun()
    try run.write("a", FileTests.text)
    let result = try run.run("compress", "a", environment: ["LSTMZIP_SIMD": "mmx"])
    #expect(result.status == 1)
    #expect(result.errors.contains("no instruction set \"mmx\""))
    #expect(run.names == ["a"])
  }

  @Test func instructionSetsMakeTheSameArchive() throws {
    let run = try CommandLineRun()
    try run.write("a", FileTests.text)
    let expected = try run.run("compress", "-c", "a").output
    for name in ["portable", "avx2", "avx512", "neon"] {
      let result = try run.run("compress", "-c", "a", environment: ["LSTMZIP_SIMD": name])
      #expect(result.status == 1 || result.output == expected)
      #expect(name != "portable" || result.status == 0)
    }
  }

  @Test func progressIsShownOnRequest() throws {
    let run = try CommandLineRun()
    try run.write("a", FileTests.text)
    #expect(try run.run("compress", "-c", "a").errors.isEmpty)
    #expect(try run.run("compress", "-c", "--progress", "a").errors.contains("\ra"))
    #expect(try run.run("compress", "-c", "-v", "a").errors.contains("KB/s"))
  }

  /// `info -v` prints a line for each part of a frame.
  @Test func partsOfFrames() throws {
    let run = try CommandLineRun()
    try run.write(
      "a",
      Samples.random(80_000).map { $0 & 0x0F } + Samples.mixed(count: 100) + Samples.text(90_000))
    #expect(try run.run("compress", "-1", "a").status == 0)
    let lines = try String(decoding: run.run("info", "-v", "a.lstm").output, as: UTF8.self)
      .split(separator: "\n")
    #expect(lines[2].contains("frame of 170100 bytes"))
    #expect(lines.contains { $0.contains(" binary ") } && lines.contains { $0.contains(" text ") })
    let json = try JSONSerialization.jsonObject(
      with: Data(run.run("info", "--json", "a.lstm").output))
    let file = ((json as? [String: Any])?["files"] as? [[String: Any]])?.first
    let frame = (file?["modelFrames"] as? [[String: Any]])?.first
    #expect((frame?["parts"] as? [Any])?.count == lines.count - 4)
  }
}
