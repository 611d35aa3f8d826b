// SPDX-License-Identifier: Apache-2.0

import Platform

/// Files that are read and written as a whole.
enum WholeFile {
  private static let pieceLength = 1 << 20

  /// Reads all bytes.
  ///
  /// - Throws: ``FileFailure``.
  static func read(_ path: FileName) throws -> [UInt8] {
    let file = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NOCTTY) }
    guard file >= 0 else { throw FileFailure(path) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw FileFailure(path) }
    var bytes: [UInt8] = []
    if status.st_mode & S_IFMT == S_IFREG { bytes.reserveCapacity(Int(status.st_size)) }
    while true {
      let piece = try [UInt8](unsafeUninitializedCapacity: pieceLength) { buffer, count in
        var result: Int
        repeat {
          result = systemRead(file, buffer.baseAddress, buffer.count)
        } while result < 0 && errno == EINTR
        guard result >= 0 else { throw FileFailure(path) }
        count = result
      }
      if piece.isEmpty { return bytes }
      bytes += piece
    }
  }

  /// Writes a file that appears under its name, in the place of one that was there, only when the
  /// storage holds all of it.
  ///
  /// - Throws: ``FileFailure``.
  static func write(_ bytes: [UInt8], to path: FileName) throws {
    let temporary = temporaryPath(path)
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW
    let file = temporary.withCString { open($0, flags, 0o666) }
    guard file >= 0 else { throw FileFailure(temporary) }
    var isWritten = bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let piece = UnsafeRawBufferPointer(rebasing: rest)
        let result = systemWrite(file, piece.baseAddress, piece.count)
        if result < 0 && errno != EINTR { return false }
        rest = rest.dropFirst(max(result, 0))
      }
      return fsync(file) == 0
    }
    // The first failure is the one to be told.
    let error = errno
    if close(file) != 0 && isWritten {
      isWritten = false
    } else {
      errno = error
    }
    let isRenamed =
      isWritten
      && temporary.withCString { old in path.withCString { new in rename(old, new) } } == 0
    guard isRenamed else {
      let failure = FileFailure(path)
      _ = temporary.withCString { unlink($0) }
      throw failure
    }
  }

  /// Removes a file, and what is left of one that was not written to its end.
  static func remove(_ path: FileName) {
    for name in [temporaryPath(path), path] { _ = name.withCString { unlink($0) } }
  }

  private static func temporaryPath(_ path: FileName) -> FileName { path.appending(".partial") }
}

/// The system's functions, which the methods of the same names hide.
private func systemRead(_ file: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  read(file, buffer, count)
}

private func systemWrite(_ file: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
  write(file, buffer, count)
}
