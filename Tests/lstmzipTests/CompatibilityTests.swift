// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The forms of a command line that people know from xz, gzip and zstd.
@Suite struct CompatibilityTests {
  /// A folder with a text and its archive.
  private func prepare() throws -> CommandLineRun {
    let run = try CommandLineRun()
    try run.write("a", FileTests.text)
    #expect(try run.run("compress", "a").status == 0)
    return run
  }

  @Test func joinedShortOptions() throws {
    let run = try prepare()
    let archive = try #require(run.read("a.lstm"))
    for arguments in [
      ["-qT2", "-c", "a"], ["-qcT2", "a"], ["-zc", "a"], ["-cqvk", "a"], ["-T", "2", "-c", "a"],
      ["-dzc", "a"], ["-c", "--", "a"],
      ["compress", "-qT2c", "a"].dropLast(2) + ["-T2", "-c", "a"],
    ] {
      let result = try run.run(Array(arguments))
      #expect(result.status == 0 && result.output == archive, "\(arguments): \(result.errors)")
    }
    #expect(try run.run("-dqob", "a.lstm").status == 0)
    #expect(run.read("b") == FileTests.text)
    #expect(try run.run("-kfdo", "b", "a.lstm").status == 0)
    #expect(try run.run("-do-", "a.lstm").output == FileTests.text)
    #expect(try run.run("-qx", "a").status == 64)
    #expect(try run.run("-o").status == 64)
  }

  @Test(arguments: ["-5", "-6", "-7", "-8", "-9", "--best"])
  func highLevels(option: String) throws {
    let run = try prepare()
    let expected = try run.run("compress", "-4", "-c", "a").output
    #expect(try run.run("compress", option, "-c", "a").output == expected)
    #expect(
      try run.run("-qc" + (option == "--best" ? "4" : option.dropFirst()), "a").output == expected)
  }

  @Test func levelsByEnvironment() throws {
    let run = try prepare()
    let fast = try run.run("compress", "-1", "-c", "a").output
    #expect(try run.run("-c", "a", environment: ["LSTMZIP_LEVEL": "1"]).output == fast)
    let standard = try #require(run.read("a.lstm"))
    #expect(try run.run("-2c", "a", environment: ["LSTMZIP_LEVEL": "1"]).output == standard)
    #expect(try run.run("-c", "a", environment: ["LSTMZIP_LEVEL": ""]).output == standard)
    for wrong in ["0", "10", "x"] {
      let result = try run.run("-c", "a", environment: ["LSTMZIP_LEVEL": wrong])
      #expect(result.status == 64 && result.errors.contains("LSTMZIP_LEVEL"))
    }
  }

  @Test func otherNamesOfTheProgram() throws {
    let run = try prepare()
    let result = try run.shell(
      """
      set -e; ln -s $P unlstmzip; ln -s $P lstmzcat
      ./lstmzcat a.lstm; ./lstmzcat < a.lstm; ./unlstmzip -c a.lstm; ./unlstmzip -f a.lstm
      test -e a.lstm
      """)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output == FileTests.text + FileTests.text + FileTests.text)
  }

  @Test func testAndList() throws {
    let run = try prepare()
    #expect(try run.run("-t", "a.lstm").status == 0)
    #expect(try run.run("--test", input: run.read("a.lstm")).status == 0)
    #expect(try run.run("-tv", "a.lstm").errors.contains("is sound"))
    #expect(try run.run("-t", "a").status == 1)
    let list = try run.run("-l", "a.lstm")
    #expect(try list.output == run.run("info", "a.lstm").output)
    #expect(try list.output == run.run("list", "a.lstm").output)
    let json = try run.run("--list", "--json", "a.lstm").output
    #expect(try json == run.run("info", "--json", "a.lstm").output && json.first == 0x7B)
    #expect(try run.run("--json", "-c", "a").status == 64)
  }

  @Test func versions() throws {
    let run = try CommandLineRun()
    let short = try run.run("-V").output
    #expect(short == Array("lstmzip 0.1.0 (archive format 1)\n".utf8))
    #expect(try run.run("--version").output == short)
    for arguments in [["-vV"], ["-Vv"], ["--verbose", "--version"]] {
      let text = String(decoding: try run.run(arguments).output, as: UTF8.self)
      #expect(text.contains("instruction set: ") && text.contains("archive format 1"))
    }
    let portable = try run.run("-vV", environment: ["LSTMZIP_SIMD": "portable"]).output
    #expect(String(decoding: portable, as: UTF8.self).contains("instruction set: portable"))
  }

  @Test func suffixes() throws {
    let run = try CommandLineRun()
    try run.write("a", FileTests.text)
    #expect(try run.run("compress", "-S", ".x", "--rm", "a").status == 0)
    #expect(run.names == ["a.x"])
    #expect(try run.run("-dk", "a.x").status == 1)
    #expect(try run.run("-dS.x", "a.x").status == 0)
    #expect(run.read("a") == FileTests.text)
    #expect(try run.run("compress", "--suffix", "/x", "a").status == 64)
    #expect(try run.run("compress", "--suffix", "", "a").status == 64)
  }

  @Test func recursion() throws {
    let run = try CommandLineRun()
    try FileManager.default.createDirectory(
      atPath: run.path("f/g/empty"), withIntermediateDirectories: true)
    for name in ["f/a", "f/g/b", "f/g/c.lstm", "d"] { try run.write(name, FileTests.text) }
    try run.write("f/.lstmzip-1-0", [1])
    try FileManager.default.createSymbolicLink(
      atPath: run.path("f/link"), withDestinationPath: "../d")
    #expect(try run.run("compress", "f").status == 1)
    let result = try run.run("compress", "-1r", "--rm", "f", "d")
    #expect(result.status == 0, "\(result.errors)")
    #expect(run.names == ["d.lstm", "f"])
    func files() throws -> [String] {
      try FileManager.default.subpathsOfDirectory(atPath: run.path("f")).sorted()
    }
    #expect(
      try files() == [".lstmzip-1-0", "a.lstm", "g", "g/b.lstm", "g/c.lstm", "g/empty", "link"])
    try FileManager.default.removeItem(atPath: run.path("f/g/c.lstm"))
    #expect(try run.run("-tr", "f").status == 0)
    #expect(try run.run("-lr", "f").output.filter { $0 == 0x0A }.count == 3)
    #expect(try run.run("decompress", "-r", "--rm", "f").status == 0)
    #expect(try files() == [".lstmzip-1-0", "a", "g", "g/b", "g/empty", "link"])
    #expect(run.read("f/g/b") == FileTests.text)
  }

  @Test func namesFromFiles() throws {
    let run = try CommandLineRun()
    for name in ["a", "b", "c d", "-e"] { try run.write(name, FileTests.text) }
    try run.write("list", Array("a\n\n-e\n".utf8))
    let zeros = Array("b\0c d\0".utf8)
    let result = try run.run(
      "compress", "-1", "--files-from", "list", "--files-from0", "-", input: zeros)
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      run.names == ["-e", "-e.lstm", "a", "a.lstm", "b", "b.lstm", "c d", "c d.lstm", "list"])
    #expect(try run.run("-t", "--files-from=-", input: Array("a.lstm\nnone".utf8)).status == 1)
    #expect(try run.run("compress", "--files-from", "none").status == 1)
    // A name with a zero byte would be another file's.
    let cut = try run.run("compress", "-f", "--files-from", "-", input: Array("a\0b\n".utf8))
    #expect(cut.status == 1 && cut.errors.contains("zero byte"))
    #expect(try run.run("compress", "--files-from", "-", "-", input: []).status == 64)
    #expect(try run.run("compress", "-o", "x", "--files-from", "list").status == 64)
    // An empty list asks for nothing; standard input is not taken for an archive then.
    #expect(try run.run("compress", "--files-from", "-", input: []).status == 0)
  }

  @Test(arguments: [
    ("compres", "compress"), ("decompres", "decompress"), ("tset", "test"), ("infos", "info"),
    ("extract", "decompress"), ("Compress", "compress"), ("bensh", "bench"), ("tran", "train"),
  ])
  func mistypedCommands(word: String, meant: String) throws {
    let run = try CommandLineRun()
    try run.write("a", FileTests.text)
    let result = try run.run(word, "a")
    #expect(result.status == 64)
    #expect(result.errors.contains("there is no command \"\(word)\"; did you mean \"\(meant)\"?"))
    #expect(run.names == ["a"])
    // A file of that name is a file.
    try run.write(word, FileTests.text)
    #expect(try run.run("-1", word, "a").status == 0)
    #expect(try run.run(word, "-1f").status == 0)
    #expect(run.names == ["a", "a.lstm", word, word + ".lstm"].sorted())
  }

  @Test func progressModes() throws {
    let run = try prepare()
    for arguments in [["--progress", "-c", "a"], ["--progress=always", "-c", "a"]] {
      #expect(try run.run(arguments).errors.contains("\ra"))
    }
    #expect(try run.run("compress", "--progress", "always", "-c", "a").errors.contains("\ra"))
    for option in ["--no-progress", "--progress=never", "--progress=auto"] {
      #expect(try run.run(option, "-c", "a").errors.isEmpty)
    }
    let lines = try run.run("--progress=json", "-c", "a").errors.split(separator: "\n")
    let last = try #require(lines.last)
    let object = try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any]
    #expect(object?["name"] as? String == "a" && object?["isFinished"] as? Bool == true)
    #expect(object?["contentBytes"] as? Int == FileTests.text.count)
    #expect(object?["totalBytes"] as? Int == FileTests.text.count)
    #expect(try run.run("--progress=much", "-c", "a").status == 64)
  }
}
