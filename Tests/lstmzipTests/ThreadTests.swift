// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `--threads` and `--frame-size`, and several files side by side.
@Suite struct ThreadTests {
  private static let content = Array(
    (0..<6000).map { UInt8(truncatingIfNeeded: $0 / 13 ^ $0 % 11) })

  @Test func archivesDoNotDependOnThreads() throws {
    let run = try CommandLineRun()
    let options = ["-1", "--frame-size", "1K"]
    let expected = try run.run(options + ["-T", "1"], input: Self.content).output
    #expect(expected.count > 100)
    for threads in ["2", "3", "8", "0"] {
      #expect(try run.run(options + ["-T", threads], input: Self.content).output == expected)
      #expect(try run.run("-d", "-T", threads, input: expected).output == Self.content)
    }
    #expect(try run.run(options + ["-T2"], input: Self.content).output == expected)
    let byEnvironment = try run.run(
      options, input: Self.content, environment: ["LSTMZIP_THREADS": "2"])
    #expect(byEnvironment.output == expected)
  }

  /// One file is missing, one is no archive: the others are done, and each error is a line.
  @Test func filesSideBySide() throws {
    let run = try CommandLineRun()
    let names = ["a", "b", "c"]
    for (index, name) in names.enumerated() {
      try run.write(name, Array(Self.content.dropFirst(index).prefix(500)))
    }
    let result = try run.run(["compress", "-1", "-T", "3"] + names + ["none"])
    #expect(result.status == 1)
    #expect(result.errors == "lstmzip: none: No such file or directory\n")
    #expect(run.names == ["a", "a.lstm", "b", "b.lstm", "c", "c.lstm"])
    try run.write("b.lstm", [1, 2, 3])
    let restored = try run.run(
      "decompress", "-f", "-T", "2", "a.lstm", "b.lstm", "c.lstm")
    #expect(restored.status == 1)
    #expect(restored.errors.hasPrefix("lstmzip: b.lstm: "))
    #expect(restored.errors.filter { $0 == "\n" }.count == 1)
    for (index, name) in names.enumerated() {
      #expect(run.read(name) == Array(Self.content.dropFirst(index).prefix(500)))
    }
  }

  @Test(arguments: [
    ["-T", "-1"], ["-T", "x"], ["-Tx"], ["-T", "1025"], ["--frame-size", "3K"],
    ["--frame-size", "512"], ["--frame-size", "2G"],
  ])
  func impossibleNumbersAreRefused(options: [String]) throws {
    let run = try CommandLineRun()
    #expect(try run.run(options, input: [1]).status == 64)
  }
}
