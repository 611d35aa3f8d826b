// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The rest of the table of docs/CLI.md: what other compressors do each in their own way.
@Suite struct SituationTests {
  @Test func emptyInput() throws {
    let run = try CommandLineRun()
    let archive = try run.run(input: []).output
    #expect(archive.count == 16)
    let restored = try run.run("-d", input: archive)
    #expect(restored.status == 0 && restored.output.isEmpty)
    try run.write("a", [])
    #expect(try run.run("compress", "--rm", "a").status == 0)
    #expect(try run.run("decompress", "--rm", "a.lstm").status == 0)
    #expect(run.names == ["a"] && run.read("a") == [])
  }

  /// Links are followed, and a file may have several names: the source stays.
  @Test func linksAsInputs() throws {
    let run = try CommandLineRun()
    try run.write("a", FileTests.text)
    try FileManager.default.createSymbolicLink(
      atPath: run.path("soft"), withDestinationPath: "a")
    #expect(link(run.path("a"), run.path("hard")) == 0)
    #expect(try run.run("compress", "soft", "hard").status == 0)
    for name in ["soft.lstm", "hard.lstm"] {
      #expect(try run.run("decompress", "-c", name).output == FileTests.text)
    }
    #expect(run.names == ["a", "hard", "hard.lstm", "soft", "soft.lstm"])
  }

  @Test func foldersAsInputs() throws {
    let run = try CommandLineRun()
    try FileManager.default.createDirectory(
      atPath: run.path("folder"), withIntermediateDirectories: false)
    for command in ["compress", "decompress", "test", "info"] {
      let result = try run.run(command, "folder")
      #expect(result.status == 1, "\(command)")
      if command == "compress" { #expect(result.errors.contains("tar -I lstmzip")) }
    }
  }

  /// Other formats, under a name of ours or of theirs.
  @Test func otherFormats() throws {
    let run = try CommandLineRun()
    let signatures: [[UInt8]] = [
      [0x1F, 0x8B, 8, 0], [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], [0x28, 0xB5, 0x2F, 0xFD],
      [0x42, 0x5A, 0x68, 0x39], [0x50, 0x4B, 3, 4], Array("BZ3v1".utf8), [0xD5, 0x4C, 0x53, 0x50],
    ]
    for signature in signatures {
      try run.write("a.lstm", signature + [UInt8](repeating: 7, count: 60))
      let result = try run.run("decompress", "a.lstm")
      #expect(result.status == 1)
      #expect(result.errors == "lstmzip: a.lstm: not an lstmzip archive\n")
    }
    #expect(run.names == ["a.lstm"])
  }

  /// A terminal gets no archive, and gives none.
  @Test func terminals() throws {
    let run = try CommandLineRun()
    try run.write("a", FileTests.text)
    try run.write(
      "terminal.py",
      Array(
        """
        import os, pty, sys
        child, terminal = pty.fork()
        if child == 0: os.execvp(sys.argv[1], sys.argv[1:])
        text = b''
        try:
          while True:
            piece = os.read(terminal, 4096)
            if not piece: break
            text += piece
        except OSError: pass
        sys.stdout.buffer.write(text)
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        """.utf8))
    let python = "python3 terminal.py $P"
    guard try run.shell("python3 terminal.py true").status == 0 else { return }
    let refused = try run.shell("\(python) compress -c a")
    let text = String(decoding: refused.output, as: UTF8.self)
    #expect(refused.status == 1 && text.contains("an archive is not written to a terminal"))
    #expect(try run.shell("\(python) compress -o /dev/tty a").status == 1)
    let forced = try run.shell("\(python) compress -qcf a")
    #expect(forced.status == 0 && forced.output.starts(with: [0xD5, 0x4C, 0x53, 0x54]))
    let read = try run.shell("\(python) -d")
    #expect(read.status == 1)
    #expect(String(decoding: read.output, as: UTF8.self).contains("not read from a terminal"))
    // Progress is for terminals, where it is not switched off.
    let shown = try run.shell("\(python) compress -1 -f -o b a")
    #expect(String(decoding: shown.output, as: UTF8.self).contains("KB/s"))
    #expect(try run.shell("\(python) compress -1 -q -f -o b a").output.isEmpty)
  }
}
