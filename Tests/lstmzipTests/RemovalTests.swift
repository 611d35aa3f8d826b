// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `--rm` loses nothing: not what changed meanwhile, and not what its archive does not restore.
@Suite struct RemovalTests {
  private static let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 5 ^ $0) }

  /// Changes the source while it is being compressed.
  private func checkKept(
    _ options: [String] = ["--no-verify"], _ change: (CommandLineRun) throws -> Void
  ) throws {
    let run = try CommandLineRun()
    try run.write("a", Self.content)
    let process = try run.start(["compress", "-1", "--rm", "a"] + options)
    #expect(run.wait { !run.temporaryNames.isEmpty })
    try change(run)
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    #expect(run.errors == "lstmzip: a: it changed while it was read; it is not removed\n")
    #expect(run.names.contains("a") && run.temporaryNames.isEmpty)
    // The archive has what was read, and restores it.
    #expect(try run.run("test", "a.lstm").status == 0)
  }

  @Test func filesThatGrowAreKept() throws {
    try checkKept { run in
      let handle = try FileHandle(forWritingTo: run.folder.appendingPathComponent("a"))
      try handle.seekToEnd()
      try handle.write(contentsOf: Data([1, 2, 3]))
      try handle.close()
    }
  }

  @Test func filesThatAreReplacedAreKept() throws {
    try checkKept { run in
      try run.write("new", Self.content)
      #expect(rename(run.path("new"), run.path("a")) == 0)
    }
  }

  @Test func filesThatAreChangedInPlaceAreKept() throws {
    try checkKept { run in
      let handle = try FileHandle(forUpdating: run.folder.appendingPathComponent("a"))
      try handle.write(contentsOf: Data([1, 2, 3]))
      try handle.close()
    }
  }

  @Test func hardLinksAreKept() throws {
    let run = try CommandLineRun()
    try run.write("a", FileTests.text)
    #expect(link(run.path("a"), run.path("b")) == 0)
    let result = try run.run("compress", "--rm", "a")
    #expect(result.status == 1 && run.names == ["a", "b"])
  }

  /// Damages the archive while it is being written.
  private func compressDamaged(_ options: [String]) throws -> (CommandLineRun, Process) {
    let run = try CommandLineRun()
    try run.write("a", Array(Self.content.prefix(200_000)))
    let process = try run.start(["compress", "-1", "--frame-size", "1K", "-T1", "a"] + options)
    func size() -> Int {
      guard let name = run.temporaryNames.first else { return 0 }
      return run.read(name)?.count ?? 0
    }
    #expect(run.wait { size() > 200 })
    let name = try #require(run.temporaryNames.first)
    let handle = try FileHandle(forUpdating: run.folder.appendingPathComponent(name))
    try handle.seek(toOffset: 100)
    let byte = try #require(try handle.read(upToCount: 1)?.first)
    try handle.seek(toOffset: 100)
    try handle.write(contentsOf: Data([byte ^ 0x55]))
    try handle.close()
    process.waitUntilExit()
    return (run, process)
  }

  @Test(arguments: [["--rm"], ["--verify"], ["--rm", "--verify"]])
  func archivesAreVerified(options: [String]) throws {
    let (run, process) = try compressDamaged(options)
    #expect(process.terminationStatus == 1)
    #expect(run.errors.contains("the archive does not restore what was compressed"))
    #expect(run.names == ["a"])
  }

  @Test func verificationCanBeLeftOut() throws {
    let (run, process) = try compressDamaged(["--rm", "--no-verify"])
    #expect(process.terminationStatus == 0)
    #expect(run.names == ["a.lstm"])
    #expect(try run.run("test", "a.lstm").status == 1)
  }

  /// What is removed is on the storage first: the file, the folder that has its name, then the removal.
  @Test func filesAndFoldersAreSynchronised() throws {
    let run = try CommandLineRun()
    try run.write("a", FileTests.text)
    let trace = try run.shell(
      "strace -f -o trace -e trace=fsync,link,rename,unlink,openat $P compress --rm a")
    // Without strace, or where it is not allowed, there is nothing to look at.
    guard trace.status == 0, let lines = run.read("trace") else { return }
    let text = String(decoding: lines, as: UTF8.self)
    let calls = text.split(separator: "\n").filter { $0.contains("sync(") || $0.contains("link(") }
    func index(_ text: String) -> Int {
      calls.firstIndex { $0.contains(text) } ?? .max
    }
    #expect(index("fsync(") < index("\"a.lstm\""))
    let folder = calls.indices.last { calls[$0].contains("fsync(") } ?? .max
    #expect(index("\"a.lstm\"") < folder && folder < index("unlink(\"a\")"))
    #expect(index("unlink(\"a\")") < .max)
    #expect(text.contains("openat(AT_FDCWD, \".\", O_RDONLY|O_CLOEXEC|O_DIRECTORY)"))
  }
}
