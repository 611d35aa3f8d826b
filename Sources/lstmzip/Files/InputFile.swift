// SPDX-License-Identifier: Apache-2.0

import LSTMArchive
import Platform

/// A file that is read once, from its beginning, or standard input.
final class InputFile {
  /// The name of standard input.
  static let standardInput = FileName("-")

  /// The name on the command line; "-" is standard input.
  let name: FileName
  /// Mode, times, size and links, as they were before the first byte was read.
  let status: stat
  let descriptor: Descriptor

  /// Opens the file.
  ///
  /// - Throws: ``FileError`` if it cannot be opened or is a directory.
  init(_ name: FileName) throws {
    self.name = name
    let number =
      name == Self.standardInput
      ? STDIN_FILENO : name.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NOCTTY) }
    guard number >= 0 else { throw FileError.system() }
    var status = stat()
    guard fstat(number, &status) == 0 else { throw FileError.system() }
    guard !status.isFolder else {
      if number != STDIN_FILENO { close(number) }
      throw FileError(
        "is a directory; -r takes the files in it, and tar packs it into one archive: "
          + "tar -I lstmzip -cf NAME.tar.lstm DIR")
    }
    self.status = status
    descriptor = Descriptor(number)
  }

  deinit {
    if !isStandardInput { close(descriptor.number) }
  }

  var isStandardInput: Bool { name == Self.standardInput }
  /// The size of a regular file.
  var size: Int? { status.isRegular ? Int(status.st_size) : nil }
  var isTerminal: Bool { isatty(descriptor.number) == 1 }

  /// The next bytes, at most `limit`; none at the end.
  func read(_ limit: Int) throws -> [UInt8] {
    try descriptor.read(limit)
  }

  /// The bytes at any place of a regular file.
  var randomAccess: RandomAccessSource? {
    guard let size else { return nil }
    return RandomAccessSource(size: size) { [descriptor] position, count in
      try descriptor.read(count, at: position)
    }
  }

  /// All bytes.
  func readAll() throws -> [UInt8] {
    var bytes: [UInt8] = []
    while case let piece = try read(1 << 20), !piece.isEmpty { bytes += piece }
    return bytes
  }

  /// Checks that removing this file would lose nothing but the file: no other name, device or pipe.
  ///
  /// - Throws: ``FileError``.
  func checkRemovable() throws {
    let isLink = FileSystem.linkStatus(name)?.isLink ?? true
    guard !isStandardInput, status.isRegular, !isLink, status.st_nlink == 1 else {
      throw FileError("--rm removes plain files only, not links, devices or pipes")
    }
  }

  /// Removes the file, if its name still is that of the file that was read, unchanged since.
  ///
  /// - Throws: ``FileError``.
  func remove() throws {
    var now = stat()
    guard fstat(descriptor.number, &now) == 0, now.isUnchanged(from: status),
      let named = FileSystem.linkStatus(name), named.isUnchanged(from: status)
    else { throw FileError("it changed while it was read; it is not removed") }
    guard FileSystem.remove(name) else {
      throw FileError("cannot remove it: \(FileError.system())")
    }
  }
}
