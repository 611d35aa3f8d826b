// SPDX-License-Identifier: Apache-2.0

import Testing

/// Damaged archives through the program: exit code 1, one line with the file's name, no output.
@Suite struct DamagedFileTests {
  private func checkFails(_ archive: [UInt8], saying message: String? = nil) throws {
    let run = try CommandLineRun()
    try run.write("a.lstm", archive)
    let result = try run.run("decompress", "a.lstm")
    #expect(result.status == 1 && result.signal == nil)
    #expect(result.errors.hasPrefix("lstmzip: a.lstm: "))
    #expect(result.errors.split(separator: "\n").count == 1)
    #expect(run.names == ["a.lstm"])
    if let message { #expect(result.errors.contains(message)) }
  }

  @Test func everyTruncationAndEveryChangedByte() throws {
    let run = try CommandLineRun()
    let archive = try run.run(input: Array("abcabcabcabcabcabcabcabcabcabcabcabcabc".utf8)).output
    #expect(archive.count < 39)
    for count in archive.indices {
      try checkFails(Array(archive.prefix(count)))
    }
    for position in archive.indices {
      var damaged = archive
      damaged[position] ^= UInt8(1 << (position % 8))
      try checkFails(damaged)
    }
  }

  @Test func messages() throws {
    try checkFails([], saying: "the archive is empty")
    try checkFails(Array("Dear reader,".utf8), saying: "not an lstmzip archive")
    try checkFails([0xD5, 0x4C, 0x53], saying: "truncated")
    try checkFails([0xD5, 0x4C, 0x53, 0x54, 7, 0], saying: "format version 7 is not supported")
    try checkFails([0xD5, 0x4C, 0x53, 0x54, 1, 7], saying: "compression method 7 is not supported")
    let archive = try CommandLineRun().run(input: FileTests.text).output
    try checkFails(archive + Array("more".utf8), saying: "followed by data")
  }

  @Test func memoryLimit() throws {
    let run = try CommandLineRun()
    let archive = try run.run(input: FileTests.text).output
    try run.write("a.lstm", archive)
    let refused = try run.run("decompress", "--memory", "1K", "a.lstm")
    #expect(refused.status == 1 && refused.errors.contains("of memory; the limit is"))
    #expect(run.names == ["a.lstm"])
    #expect(try run.run("decompress", "--memory", "1GiB", "a.lstm").status == 0)
    for wrong in ["1Q", "-1", "", "0", "99999999999999G", "1 K"] {
      #expect(try run.run("decompress", "--memory", wrong, "a.lstm").status == 64)
    }
  }
}
