// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The behaviour of the commands on files, as users of xz and zstd expect it.
@Suite struct FileTests {
  static let text = Array(
    "the cell keeps what the gate lets it keep; the gate lets the cell keep it\n".utf8)

  @Test func compressAndDecompress() throws {
    let run = try CommandLineRun()
    try run.write("a.txt", Self.text)
    #expect(try run.run("compress", "a.txt").status == 0)
    #expect(run.names == ["a.txt", "a.txt.lstm"])
    let archive = try #require(run.read("a.txt.lstm"))
    #expect(archive.count < Self.text.count + 64)
    #expect(try run.run("decompress", "-f", "a.txt.lstm").status == 0)
    #expect(run.read("a.txt") == Self.text)
    #expect(try run.run("test", "-v", "a.txt.lstm").errors.contains("is sound"))
    #expect(run.names == ["a.txt", "a.txt.lstm"])
  }

  @Test(arguments: [0, 1, 200])
  func filtersAndPipes(size: Int) throws {
    let run = try CommandLineRun()
    let content = Array((0..<size).map { UInt8($0 % 7) })
    try run.write("a", content)
    let archive = try run.run("compress", "-c", "a").output
    #expect(try run.run(input: content).output == archive)
    #expect(try run.run("compress", "-", input: content).output == archive)
    #expect(try run.run("-d", input: archive).output == content)
    #expect(try run.run("-d", "-c", input: archive).output == content)
    #expect(try run.run("decompress", "-", "-o", "b", input: archive).status == 0)
    #expect(run.read("b") == content)
    #expect(run.names == ["a", "b"])
  }

  @Test func modeAndTimesAreCopied() throws {
    let run = try CommandLineRun()
    try run.write("a", Self.text)
    let date = Date(timeIntervalSince1970: 1_000_000_000)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o640, .modificationDate: date], ofItemAtPath: run.path("a"))
    #expect(try run.run("compress", "a").status == 0)
    #expect(try run.run("decompress", "a.lstm", "-o", "b").status == 0)
    for name in ["a.lstm", "b"] {
      let attributes = try FileManager.default.attributesOfItem(atPath: run.path(name))
      #expect(attributes[.posixPermissions] as? Int == 0o640)
      #expect(attributes[.modificationDate] as? Date == date)
    }
  }

  @Test func nothingIsOverwrittenWithoutForce() throws {
    let run = try CommandLineRun()
    try run.write("a", Self.text)
    try run.write("a.lstm", [1, 2, 3])
    let refused = try run.run("compress", "a")
    #expect(refused.status == 1)
    #expect(refused.errors == "lstmzip: a: a.lstm exists already; -f overwrites it\n")
    #expect(run.read("a.lstm") == [1, 2, 3])
    #expect(try run.run("compress", "-f", "a").status == 0)
    #expect(run.read("a.lstm") != [1, 2, 3])
    #expect(try run.run("decompress", "a.lstm").status == 1)
  }

  @Test func inputIsKeptUnlessToBeRemoved() throws {
    let run = try CommandLineRun()
    try run.write("a", Self.text)
    #expect(try run.run("compress", "-k", "a").status == 0)
    #expect(try run.run("compress", "-f", "--rm", "a").status == 0)
    #expect(run.names == ["a.lstm"])
    #expect(try run.run("decompress", "--rm", "a.lstm").status == 0)
    #expect(run.names == ["a"])
    try FileManager.default.createSymbolicLink(
      atPath: run.path("link"), withDestinationPath: "a")
    let refused = try run.run("compress", "--rm", "link")
    #expect(refused.status == 1 && refused.errors.contains("--rm removes plain files only"))
    #expect(run.names == ["a", "link"])
  }

  @Test func otherFilesAreDoneAfterAnError() throws {
    let run = try CommandLineRun()
    try run.write("a", Self.text)
    try FileManager.default.createDirectory(
      atPath: run.path("folder"), withIntermediateDirectories: false)
    let result = try run.run("compress", "missing", "folder", "a")
    #expect(result.status == 1)
    #expect(result.errors.contains("lstmzip: missing: No such file or directory\n"))
    #expect(result.errors.contains("lstmzip: folder: is a directory"))
    #expect(run.names == ["a", "a.lstm", "folder"])
  }

  @Test func unreadableAndUnwritable() throws {
    guard getuid() != 0 else { return }
    let run = try CommandLineRun()
    try run.write("a", Self.text)
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: run.path("a"))
    #expect(try run.run("compress", "a").errors == "lstmzip: a: Permission denied\n")
  }

  @Test func namesDecideWhatIsDone() throws {
    let run = try CommandLineRun()
    try run.write("a.lstm", Self.text)
    let skipped = try run.run("compress", "a.lstm")
    #expect(skipped.status == 2 && skipped.errors.contains("skipped"))
    #expect(try run.run("compress", "-q", "a.lstm").errors.isEmpty)
    #expect(try run.run("compress", "-f", "a.lstm").status == 0)
    #expect(run.names == ["a.lstm", "a.lstm.lstm"])
    try run.write("b", Self.text)
    let unknown = try run.run("decompress", "b")
    #expect(unknown.status == 1 && unknown.errors.contains("does not end in .lstm"))
  }

  @Test func fullDisk() throws {
    guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
    let run = try CommandLineRun()
    try run.write("a", Self.text)
    let result = try run.shell("$P compress -c a > /dev/full")
    #expect(result.status == 1)
    #expect(result.errors.contains("No space left on device"))
    #expect(run.names == ["a"])
  }
}

/// What may stand after an archive.
@Suite struct PaddingTests {
  /// tar fills up its last block of a pipe with zeros.
  @Test func zerosAfterTheLastFrame() throws {
    let run = try CommandLineRun()
    try run.write("a", FileTests.text)
    #expect(try run.run("compress", "a").status == 0)
    let archive = try #require(run.read("a.lstm"))
    for count in [1, 3, 4, 5, 512, 10_240, 200_000] {
      let zeros = [UInt8](repeating: 0, count: count)
      let padded = archive + zeros
      #expect(try run.run("-d", input: padded).output == FileTests.text)
      #expect(try run.run("-t", input: padded).status == 0)
      #expect(try run.run("-l", input: padded).status == 0)
      for other in [padded + [1], padded + archive, archive + [1] + zeros] {
        let result = try run.run("-d", input: other)
        #expect(result.status == 1 && result.errors.contains("followed by data"))
        #expect(try run.run("-l", input: other).status == 1)
      }
    }
    // Zeros alone are no archive.
    #expect(try run.run("-d", input: [UInt8](repeating: 0, count: 512)).status == 1)
  }
}
