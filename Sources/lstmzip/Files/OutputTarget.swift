// SPDX-License-Identifier: Apache-2.0

import Platform

/// What an output goes to.
enum OutputTarget {
  /// Standard output.
  case standardOutput
  /// A file, which takes this name when it is whole.
  case file(FileName)
  /// A pipe or a device, which is written into as it is.
  case special(FileName)

  /// Looks at what there is under a name.
  ///
  /// - Parameters:
  ///   - isGiven: Whether the user gave the name, and it is not made of the input's. What stands by
  ///     chance where an output belongs is no place to write to.
  ///   - overwrites: Whether a file that exists may be replaced.
  /// - Throws: ``FileError`` if the name cannot be written to.
  init(_ path: FileName, isGiven: Bool, overwrites: Bool) throws {
    guard let own = FileSystem.linkStatus(path) else {
      self = .file(path)
      return
    }
    // A link that leads nowhere is replaced like a file.
    let status = FileSystem.status(path) ?? own
    var standardOutput = stat()
    let isStandardOutput =
      fstat(STDOUT_FILENO, &standardOutput) == 0 && standardOutput.isSameFile(as: status)
    if status.isFolder { throw FileError("\(path) is a folder; -o takes the name of a file") }
    // /dev/stdout is a link: it leads to what standard output is, which may be a file.
    if isGiven && isStandardOutput && (own.isLink || !status.isRegular) {
      self = .standardOutput
    } else if status.isRegular || status.isLink {
      guard overwrites else { throw FileError("\(path) exists already; -f overwrites it") }
      self = .file(path)
    } else {
      guard overwrites || isGiven && !status.isBlockDevice else {
        throw FileError("\(path) exists already and is no file; -f writes into it")
      }
      self = .special(path)
    }
  }
}
