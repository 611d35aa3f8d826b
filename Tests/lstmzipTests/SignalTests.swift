// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Signals that end the program leave nothing behind; those that ask are answered.
@Suite struct SignalTests {
  private static let content = (0..<400_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }

  @Test(arguments: [
    SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXCPU, SIGXFSZ, SIGALRM, SIGUSR2, SIGQUIT, SIGVTALRM,
    SIGPROF, SIGSEGV, SIGBUS,
  ])
  func interruptionLeavesNothing(signal: Int32) throws {
    let run = try CommandLineRun()
    try run.write("a", Self.content)
    let process = try run.start(["compress", "--rm", "a"])
    #expect(run.wait { !run.temporaryNames.isEmpty })
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal)
    #expect(process.terminationStatus == signal)
    #expect(run.names.filter { $0 != "core" } == ["a"])
    let isKept = run.read("a") == Self.content
    #expect(isKept)
  }

  /// The limits of the shell, as they happen: the file grows too large, the time is over.
  @Test(arguments: ["ulimit -f 1", "ulimit -S -t 1"])
  func limits(limit: String) throws {
    let run = try CommandLineRun()
    try run.write("a", Samples.random(9_000_000).map { $0 & 0x3F })
    try run.write("random", [UInt8](Data((0..<200_000).map { _ in UInt8.random(in: 0...255) })))
    #expect(try run.run("compress", "-1", "random").status == 0)
    let work = limit.contains("-t") ? "compress -T1 -2 a" : "decompress -o b random.lstm"
    let result = try run.shell("\(limit); $P \(work)")
    #expect(result.status != 0)
    #expect(run.names == ["a", "random", "random.lstm"])
  }

  @Test func ignoredSignalsStayIgnored() throws {
    let run = try CommandLineRun()
    try run.write("a", Array(Self.content.prefix(100_000)))
    let result = try run.shell(
      """
      trap '' HUP; $P compress -1 a & sleep 0.2; kill -HUP $! 2> /dev/null; wait $!
      """)
    #expect(result.status == 0, "\(result.errors)")
    #expect(run.names == ["a", "a.lstm"])
  }

  @Test func closedPipes() throws {
    let run = try CommandLineRun()
    try run.write("a", (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 4 ^ $0 / 300) })
    #expect(try run.run("compress", "-1", "--frame-size", "16K", "a").status == 0)
    let result = try run.shell("{ $P -dc a.lstm; echo $? > status; } | head -c 1 > /dev/null")
    #expect(result.status == 0)
    #expect(run.read("status") == Array("141\n".utf8))
    #expect(result.errors.isEmpty)
  }

  /// The program goes on, and says how far it has come.
  @Test func progressOnRequest() throws {
    let run = try CommandLineRun()
    try run.write("a", Self.content)
    let process = try run.start(["compress", "-1", "-q", "a"])
    #expect(run.wait { !run.temporaryNames.isEmpty })
    while process.isRunning && !run.errors.contains("\n") {
      kill(process.processIdentifier, SIGUSR1)
      usleep(20_000)
    }
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 0)
    let line = try #require(run.errors.split(separator: "\n").first)
    #expect(line.hasPrefix("a  ") && line.contains(" %") && line.contains("KB/s"))
    #expect(run.names == ["a", "a.lstm"])
  }
}
