// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What an output may be, and what becomes of what was there.
@Suite struct OutputTests {
  /// A folder with a text and its archive.
  private func prepare() throws -> CommandLineRun {
    let run = try CommandLineRun()
    try run.write("a", FileTests.text)
    #expect(try run.run("compress", "a").status == 0)
    return run
  }

  @Test func devicesAreWrittenInto() throws {
    let run = try prepare()
    let result = try run.shell(
      """
      set -e; ln -s /dev/null link
      for name in /dev/null link; do
        $P compress -o $name a; $P compress -f -o $name a; $P decompress -o $name a.lstm
        test -c $name
      done
      test -L link
      """)
    #expect(result.status == 0, "\(result.errors)")
    #expect(run.names == ["a", "a.lstm", "link"])
  }

  @Test(arguments: ["", "-f"])
  func pipesAreWrittenInto(force: String) throws {
    let run = try prepare()
    let result = try run.shell(
      """
      mkfifo pipe; ln -s pipe link
      for name in pipe link; do
        timeout 20 cat $name > read & timeout 20 $P decompress \(force) -o $name a.lstm || exit 1
        wait; test -p pipe && cmp read a || exit 1
      done
      """)
    #expect(result.status == 0, "\(result.errors)")
  }

  @Test(arguments: ["", "-f"])
  func standardOutputByName(force: String) throws {
    guard FileManager.default.fileExists(atPath: "/dev/stdout") else { return }
    let run = try prepare()
    let result = try run.shell(
      """
      set -e
      $P compress \(force) -o /dev/stdout a | cmp - a.lstm
      $P compress \(force) -o /dev/stdout a > file; cmp file a.lstm; test -L /dev/stdout
      """)
    #expect(result.status == 0, "\(result.errors)")
  }

  /// By chance a pipe stands where the archive belongs.
  @Test func specialFilesAreNotReplaced() throws {
    let run = try CommandLineRun()
    try run.write("a", FileTests.text)
    let result = try run.shell("mkfifo a.lstm; $P compress a; s=$?; test -p a.lstm && exit $s")
    #expect(result.status == 1 && result.errors.contains("exists already and is no file"))
    let removed = try run.shell("$P compress --rm -o /dev/null a; s=$?; test -e a && exit $s")
    #expect(removed.status == 1 && removed.errors.contains("--rm needs an output file"))
  }

  @Test func foldersAndTheInputAreNoOutputs() throws {
    let run = try prepare()
    try FileManager.default.createDirectory(
      atPath: run.path("folder"), withIntermediateDirectories: false)
    for options in [["-o", "folder"], ["-f", "-o", "folder"]] {
      let result = try run.run(["decompress"] + options + ["a.lstm"])
      #expect(result.status == 1 && result.errors.contains("folder is a folder"))
      #expect(!result.errors.contains("-f overwrites"))
    }
    let itself = try run.run("compress", "-f", "-o", "a", "a")
    #expect(itself.status == 1 && itself.errors.contains("a is the input itself"))
    #expect(run.read("a") == FileTests.text)
    #expect(run.names == ["a", "a.lstm", "folder"])
  }

  @Test func linksToFilesAreReplaced() throws {
    let run = try prepare()
    let result = try run.shell(
      """
      echo old > old; ln -s old link; ln -s nowhere dangling
      $P compress -o link a && exit 1; $P compress -o dangling a && exit 1
      set -e; $P compress -f -o link a; $P compress -f -o dangling a
      cmp link a.lstm; cmp dangling a.lstm; test "$(cat old)" = old; test ! -e nowhere
      """)
    #expect(result.status == 0, "\(result.errors)")
  }

  @Test func zerosBecomeHoles() throws {
    let run = try CommandLineRun()
    let block = 4096
    var content = [UInt8](repeating: 0, count: 900 * block)
    for index in [0, 5, 300 * block - 1, 300 * block + 7] { content[index] = 9 }
    content += Array("end".utf8) + [UInt8](repeating: 0, count: 200 * block + 11)
    try run.write("a", content)
    try run.write("zeros", [UInt8](repeating: 0, count: 100 * block))
    for name in ["a", "zeros"] {
      #expect(try run.run("compress", "-1", name).status == 0)
      // Two archives one after the other: the second one's blocks lie across the file's.
      let twice = try #require(run.read(name + ".lstm"))
      try run.write("twice.lstm", twice + twice)
      let expected = try #require(run.read(name))
      #expect(try run.run("decompress", "-f", "-o", "b", name + ".lstm").status == 0)
      #expect(try run.run("decompress", "-f", "-o", "c", "twice.lstm").status == 0)
      #expect(
        try run.run("decompress", "-f", "--no-sparse", "-o", "d", name + ".lstm").status == 0)
      #expect(run.read("b") == expected && run.read("d") == expected)
      #expect(run.read("c") == expected + expected)
      let (sparse, doubled, full) = (blocks(run, "b"), blocks(run, "c"), blocks(run, "d"))
      #expect(full * 512 >= expected.count)
      #expect(sparse < full / 4 && doubled < full / 2)
    }
  }

  private func blocks(_ run: CommandLineRun, _ name: String) -> Int {
    var status = stat()
    return stat(run.path(name), &status) == 0 ? Int(status.st_blocks) : .max
  }
}
