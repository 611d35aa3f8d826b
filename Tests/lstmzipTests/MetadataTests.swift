// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Owner, group, mode, attributes and access lists go from the input to the output, and nobody gets
/// more rights than before.
@Suite struct MetadataTests {
  private static var isRoot: Bool { getuid() == 0 }

  private func status(_ run: CommandLineRun, _ name: String) -> stat {
    var status = stat()
    #expect(stat(run.path(name), &status) == 0)
    return status
  }

  @Test(.enabled(if: isRoot, "only root may give files away"))
  func ownerAndGroup() throws {
    let run = try CommandLineRun()
    try run.write("a", FileTests.text)
    #expect(chown(run.path("a"), 1234, 2345) == 0 && chmod(run.path("a"), 0o640) == 0)
    #expect(try run.run("compress", "--rm", "a").status == 0)
    #expect(try run.run("decompress", "-o", "b", "a.lstm").status == 0)
    for name in ["a.lstm", "b"] {
      let status = status(run, name)
      #expect(status.st_uid == 1234 && status.st_gid == 2345 && status.st_mode & 0o7777 == 0o640)
    }
  }

  /// A user that is not of the file's group: the members of its own group get what was open to all.
  @Test(.enabled(if: isRoot, "a test as another user"))
  func groupThatCannotBeKept() throws {
    let run = try CommandLineRun()
    try run.write("a", FileTests.text)
    #expect(chown(run.path("a"), 0, 2345) == 0 && chmod(run.path("a"), 0o674) == 0)
    #expect(chmod(run.folder.path, 0o777) == 0)
    let asUser = try run.shell(
      "cp $P p && chmod 755 p && setpriv --reuid 1234 --regid 1234 --clear-groups ./p compress a")
    guard asUser.status == 0 else { return }
    let status = status(run, "a.lstm")
    #expect(status.st_uid == 1234 && status.st_gid == 1234)
    #expect(status.st_mode & 0o7777 == 0o644)
  }

  @Test func specialBitsAreNotCopied() throws {
    let run = try CommandLineRun()
    try run.write("a", FileTests.text)
    #expect(chmod(run.path("a"), 0o6755) == 0)
    #expect(try run.run("compress", "a").status == 0)
    #expect(status(run, "a.lstm").st_mode & 0o7777 == 0o755)
  }

  #if os(Linux)
    /// Sets an attribute, or gets it.
    private func attribute(_ run: CommandLineRun, _ file: String, _ name: String) throws -> String {
      let script = "import os,sys; print(os.getxattr('\(file)', '\(name)').hex())"
      let result = try run.shell("python3 -c \"\(script)\"")
      return String(decoding: result.output, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    @Test func attributesAndAccessLists() throws {
      let run = try CommandLineRun()
      try run.write("a", FileTests.text)
      // An access list: version 2; the owner rw, user 1234 r, the group none, mask r, others none.
      let list =
        "02000000" + "01000600ffffffff" + "02000400d2040000" + "04000000ffffffff"
        + "10000400ffffffff" + "20000000ffffffff"
      let script = """
        import os; os.setxattr('a', 'user.origin', b'here'); \
        os.setxattr('a', 'system.posix_acl_access', bytes.fromhex('\(list)'))
        """
      // Not every file system has them.
      guard try run.shell("python3 -c \"\(script)\"").status == 0 else { return }
      #expect(try run.run("compress", "a").status == 0)
      #expect(try run.run("decompress", "-o", "b", "a.lstm").status == 0)
      for name in ["a.lstm", "b"] {
        #expect(try attribute(run, name, "user.origin") == "68657265")
        #expect(try attribute(run, name, "system.posix_acl_access") == list)
        #expect(status(run, name).st_mode & 0o777 == 0o640)
      }
    }

    /// A folder whose new files let a further user in by default.
    @Test func listsOfTheFolderLetNobodyIn() throws {
      let run = try CommandLineRun()
      try run.write("a", FileTests.text)
      #expect(chmod(run.path("a"), 0o644) == 0)
      let list =
        "02000000" + "01000700ffffffff" + "02000700d2040000" + "04000000ffffffff"
        + "10000700ffffffff" + "20000000ffffffff"
      let script =
        "import os; os.setxattr('.', 'system.posix_acl_default', bytes.fromhex('\(list)'))"
      guard try run.shell("python3 -c \"\(script)\"").status == 0 else { return }
      #expect(try run.run("compress", "a").status == 0)
      #expect(try attribute(run, "a.lstm", "system.posix_acl_access").isEmpty)
      #expect(status(run, "a.lstm").st_mode & 0o777 == 0o644)
    }
  #endif
}
