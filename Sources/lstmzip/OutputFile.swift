import Platform

/// Where output goes: a file that appears under its name only when it is whole, or standard output.
final class OutputFile {
  private enum Place {
    case standardOutput
    case file(target: String, temporary: String)
  }

  /// The process's file mode creation mask, which can only be read by setting it: once.
  private static let creationMask: mode_t = {
    let mask = umask(0)
    umask(mask)
    return mask
  }()

  private let place: Place
  private let overwrites: Bool
  private let descriptor: Descriptor
  private var isOpen = true

  /// Standard output.
  init() {
    place = .standardOutput
    overwrites = true
    descriptor = Descriptor(STDOUT_FILENO)
  }

  /// A file: opens a temporary one beside it.
  ///
  /// - Throws: ``FileError`` if `path` exists and may not be overwritten, or cannot be written.
  init(path: String, overwrites: Bool) throws {
    var status = stat()
    if lstat(path, &status) == 0 {
      guard overwrites else {
        throw FileError("\(path) exists already; -f overwrites it")
      }
      guard status.st_mode & S_IFMT != S_IFDIR else { throw FileError("\(path) is a directory") }
    }
    let temporary = "\(path).partial-\(getpid())"
    let number = InterruptionCleanup.begin(removing: temporary) {
      open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    }
    guard number >= 0 else {
      throw FileError("cannot write \(path): \(FileError.system())")
    }
    place = .file(target: path, temporary: temporary)
    self.overwrites = overwrites
    descriptor = Descriptor(number)
  }

  deinit {
    abandon()
  }

  /// Writes all bytes.
  func write(_ bytes: [UInt8]) throws {
    do {
      try descriptor.write(bytes)
    } catch {
      throw FileError("cannot write: \(error)")
    }
  }

  /// Gives the file its name, with the mode and the times of `status` if there is one.
  ///
  /// - Parameter isSynchronous: Whether to wait until the storage holds the file.
  func finish(copying status: stat?, isSynchronous: Bool) throws {
    guard case .file(let target, let temporary) = place else { return }
    if let status {
      // A file system may know neither mode nor times; the content is what counts.
      fchmod(descriptor.number, status.st_mode & 0o777)
      #if os(Linux)
        let times = [status.st_atim, status.st_mtim]
      #else
        let times = [status.st_atimespec, status.st_mtimespec]
      #endif
      futimens(descriptor.number, times)
    } else {
      fchmod(descriptor.number, 0o666 & ~Self.creationMask)
    }
    if isSynchronous { guard fsync(descriptor.number) == 0 else { throw FileError.system() } }
    isOpen = false
    guard close(descriptor.number) == 0 else {
      let error = FileError.system()
      unlink(temporary)
      throw error
    }
    defer { InterruptionCleanup.end(temporary) }
    // A link, unlike a renaming, fails if somebody made the target in the meantime. Not every file
    // system has links.
    let isLinked = !overwrites && link(temporary, target) == 0
    let isTaken = !overwrites && !isLinked && errno == EEXIST
    if isLinked || isTaken {
      unlink(temporary)
      if isTaken { throw FileError("\(target) exists already; -f overwrites it") }
    } else if rename(temporary, target) != 0 {
      let error = FileError.system()
      unlink(temporary)
      throw error
    }
  }

  /// Removes what was written of a file that was not finished.
  private func abandon() {
    guard isOpen, case .file(_, let temporary) = place else { return }
    close(descriptor.number)
    unlink(temporary)
    InterruptionCleanup.end(temporary)
  }
}
