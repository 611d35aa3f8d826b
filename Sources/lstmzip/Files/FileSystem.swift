// SPDX-License-Identifier: Apache-2.0

import Platform

/// What is asked of the file system by path.
enum FileSystem {
  /// Whether there is something under a path; a link is followed.
  static func exists(_ path: FileName) -> Bool {
    status(path) != nil
  }

  /// Whether a path, links followed, is a folder.
  static func isFolder(_ path: FileName) -> Bool {
    status(path)?.isFolder ?? false
  }

  /// What the system says of a path, links followed.
  static func status(_ path: FileName) -> stat? {
    var status = stat()
    return path.withCString { stat($0, &status) } == 0 ? status : nil
  }

  /// The same of a link itself.
  static func linkStatus(_ path: FileName) -> stat? {
    var status = stat()
    return path.withCString { lstat($0, &status) } == 0 ? status : nil
  }

  /// Removes a file's name.
  ///
  /// - Returns: Whether it was removed.
  @discardableResult
  static func remove(_ path: FileName) -> Bool {
    path.withCString { unlink($0) } == 0
  }

  /// Makes a folder, and those that it is in, unless they exist.
  ///
  /// - Throws: ``FileError`` if one of them cannot be made.
  static func makeFolder(_ path: FileName) throws {
    let bytes = path.bytes
    let ends = bytes.indices.dropFirst().filter { bytes[$0] == UInt8(ascii: "/") } + [bytes.count]
    for end in ends {
      let folder = FileName(bytes: Array(bytes[..<end]))
      if folder.withCString({ mkdir($0, 0o777) }) == 0 { continue }
      let error = FileError.system()
      guard isFolder(folder) else { throw FileError("\(folder): \(error)") }
    }
  }

  /// Waits until the storage has a folder's names.
  ///
  /// - Throws: ``FileError``, but not where a file system cannot do so.
  static func synchroniseFolder(_ path: FileName) throws {
    let descriptor = path.withCString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard descriptor >= 0 else {
      // A folder that may be written but not read cannot be opened.
      if errno == EACCES { return }
      throw FileError("\(path): \(FileError.system())")
    }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else {
      throw FileError("\(path): \(FileError.system())")
    }
  }
}

extension stat {
  private var kind: mode_t { st_mode & S_IFMT }

  /// Whether it is a folder.
  var isFolder: Bool { kind == S_IFDIR }
  /// Whether it is a regular file.
  var isRegular: Bool { kind == S_IFREG }
  /// Whether it is a link.
  var isLink: Bool { kind == S_IFLNK }
  /// Whether it is a storage device.
  var isBlockDevice: Bool { kind == S_IFBLK }

  /// The time of the last change of the content.
  var modification: timespec {
    #if os(Linux)
      st_mtim
    #else
      st_mtimespec
    #endif
  }

  /// Access and modification.
  var times: [timespec] {
    #if os(Linux)
      [st_atim, st_mtim]
    #else
      [st_atimespec, st_mtimespec]
    #endif
  }

  /// Whether both are the same file, whatever its content.
  func isSameFile(as other: stat) -> Bool {
    st_dev == other.st_dev && st_ino == other.st_ino
  }

  /// Whether both are the same file with the same content, as far as the system tells.
  func isUnchanged(from other: stat) -> Bool {
    isSameFile(as: other) && st_size == other.st_size
      && modification.tv_sec == other.modification.tv_sec
      && modification.tv_nsec == other.modification.tv_nsec
  }
}
