import Platform

/// What the system says of a file or folder that cannot be read or written.
struct FileFailure: Error, CustomStringConvertible {
  let description: String

  /// The system's text for `errno` as it stands, after the path.
  init(_ path: String) {
    description = "\(path): \(String(cString: strerror(errno)))"
  }
}

/// Files that are read and written as a whole.
enum WholeFile {
  private static let pieceLength = 1 << 20

  /// Reads all bytes.
  ///
  /// - Throws: ``FileFailure``.
  static func read(_ path: String) throws -> [UInt8] {
    try read(path.utf8CString.withUnsafeBufferPointer { Array($0) })
  }

  /// The same for a path that ends with a zero, in whatever encoding.
  static func read(_ path: [CChar]) throws -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard file >= 0 else { throw FileFailure(name(path)) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw FileFailure(name(path)) }
    var bytes: [UInt8] = []
    if status.st_mode & S_IFMT == S_IFREG { bytes.reserveCapacity(Int(status.st_size)) }
    while true {
      let piece = try [UInt8](unsafeUninitializedCapacity: pieceLength) { buffer, count in
        var result: Int
        repeat {
          result = systemRead(file, buffer.baseAddress, buffer.count)
        } while result < 0 && errno == EINTR
        guard result >= 0 else { throw FileFailure(name(path)) }
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
  static func write(_ bytes: [UInt8], to path: String) throws {
    let temporary = temporaryPath(path)
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW
    let file = open(temporary, flags, 0o666)
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
    guard isWritten && rename(temporary, path) == 0 else {
      let failure = FileFailure(path)
      unlink(temporary)
      throw failure
    }
  }

  /// Removes a file, and what is left of one that was not written to its end.
  static func remove(_ path: String) {
    unlink(temporaryPath(path))
    unlink(path)
  }

  private static func temporaryPath(_ path: String) -> String { path + ".partial" }

  private static func name(_ path: [CChar]) -> String {
    String(decoding: path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// The system's functions, which the methods of the same names hide.
private func systemRead(_ file: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  read(file, buffer, count)
}

private func systemWrite(_ file: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
  write(file, buffer, count)
}
