// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Memory is computed before it is used, and what is missing is said.
@Suite struct MemoryTests {
  private static let content = Samples.random(1_000_000).map { $0 & 0x1F }

  /// A folder with a file of 1 MB.
  private func prepare() throws -> CommandLineRun {
    let run = try CommandLineRun()
    try run.write("a", Self.content)
    return run
  }

  private func frames(_ run: CommandLineRun, _ archive: String) throws -> Int {
    let json = try JSONSerialization.jsonObject(
      with: Data(run.run("info", "--json", archive).output))
    let files = (json as? [String: Any])?["files"] as? [[String: Any]]
    return try #require(files?.first?["frames"] as? Int)
  }

  @Test func limitsMakeFramesSmaller() throws {
    let run = try prepare()
    let refused = try run.run("compress", "-1", "--memory", "60M", "a")
    #expect(refused.status == 1)
    #expect(refused.errors.contains("MiB of memory, and --memory leaves 60 MiB"))
    #expect(run.names == ["a"])
    #expect(try run.run("compress", "-1", "-M130M", "-T2", "a").status == 0)
    #expect(try frames(run, "a.lstm") > 1)
    #expect(try run.run("compress", "-1", "-f", "--memory=2GB", "a").status == 0)
    #expect(try frames(run, "a.lstm") == 1)
  }

  /// Fewer threads are tried before smaller frames: the archive stays the same.
  @Test func limitsTakeThreadsAwayFirst() throws {
    let run = try CommandLineRun()
    try run.write("a", Array(Self.content.prefix(40_000)))
    let options = ["compress", "-1", "--frame-size", "4K", "-c", "a"]
    let expected = try run.run(options + ["-T1"]).output
    let isSame = try run.run(options + ["-T8", "-M", "90MiB"]).output == expected
    #expect(isSame)
  }

  @Test(arguments: ["1K", "1KB", "1KiB", "1k", "1kib", "100M", "100MB", "2g", "50%", "1024", "3B"])
  func units(limit: String) throws {
    let run = try CommandLineRun()
    let archive = try run.run(input: FileTests.text).output
    let result = try run.run("-d", "--memory", limit, input: archive)
    let isSmall = limit.lowercased().contains("k") || limit == "1024" || limit == "3B"
    #expect(result.status == (isSmall ? 1 : 0))
    #expect(result.errors.contains("of memory; the limit is") == isSmall)
  }

  @Test(arguments: ["0%", "101%", "%", "1T", "K", "1.5G", "-1"])
  func wrongLimits(limit: String) throws {
    #expect(try CommandLineRun().run("--memory=\(limit)", input: [1]).status == 64)
  }

  @Test func ulimit() throws {
    let run = try prepare()
    let result = try run.shell("ulimit -v 400000; $P compress -4 a")
    #expect(result.status == 1 && result.signal == nil)
    #expect(result.errors.contains("MiB of memory, and ulimit -v leaves"))
    #expect(run.names == ["a"])
    #expect(try run.run("compress", "-1", "a").status == 0)
    let restored = try run.shell("ulimit -v 150000; $P decompress -c a.lstm")
    #expect(restored.status == 1 && restored.errors.contains("of memory; the limit is"))
  }

  /// A group of processes with little memory, where the system lets a test make one.
  @Test func groupOfProcesses() throws {
    let run = try prepare()
    let result = try run.shell(
      """
      for root in /sys/fs/cgroup/memory /sys/fs/cgroup; do
        group=$root/lstmzip-test-$$; mkdir $group 2> /dev/null || continue
        for name in memory.limit_in_bytes memory.max; do
          if test -w $group/$name && echo 268435456 > $group/$name; then
            (echo $(sh -c 'echo $PPID') > $group/cgroup.procs && $P compress -4 a); status=$?
            rmdir $group; exit $status
          fi
        done
        rmdir $group
      done; exit 77
      """)
    guard result.status != 77 else { return }
    #expect(result.status == 1 && result.signal == nil)
    #expect(result.errors.contains("the limit of its cgroup leaves"), "\(result.errors)")
    #expect(run.names == ["a"])
  }
}
