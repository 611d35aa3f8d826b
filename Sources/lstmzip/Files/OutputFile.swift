// SPDX-License-Identifier: Apache-2.0

import Platform
import Synchronization

/// Where output goes: a file that appears under its name only when it is whole, standard output, a pipe
/// or a device.
final class OutputFile {
  private struct Place {
    let target: FileName
    let temporary: FileName
    let overwrites: Bool
  }

  /// How temporary files are called: short, so that there is room for it beside any name.
  static let temporaryPrefix = ".lstmzip-"
  private static let counter = Atomic<Int>(0)
  private static let attempts = 100

  /// The process's file mode creation mask, which can only be read by setting it: once.
  private static let creationMask: mode_t = {
    let mask = umask(0)
    umask(mask)
    return mask
  }()

  /// What is to be named, if the output is a file.
  private let place: Place?
  private let descriptor: Descriptor
  private let isStandardOutput: Bool
  private var sparse: SparseWriter?
  private var isOpen = true

  /// Opens the output; a file gets a temporary name beside its own.
  ///
  /// - Parameters:
  ///   - overwrites: Whether a file may be replaced.
  ///   - isSparse: Whether zeros become holes, if the output is a file.
  /// - Throws: ``FileError`` if it cannot be written.
  init(_ target: OutputTarget, overwrites: Bool, isSparse: Bool) throws {
    switch target {
    case .standardOutput:
      place = nil
      descriptor = Descriptor(STDOUT_FILENO)
    case .special(let path):
      let number = path.withCString { open($0, O_WRONLY | O_CLOEXEC | O_NOCTTY) }
      guard number >= 0 else { throw FileError("cannot write \(path): \(FileError.system())") }
      var status = stat()
      guard fstat(number, &status) == 0, !status.isRegular else {
        close(number)
        throw FileError("\(path) exists already; -f overwrites it")
      }
      place = nil
      descriptor = Descriptor(number)
    case .file(let path):
      let (temporary, number) = try Self.makeTemporary(beside: path)
      place = Place(target: path, temporary: temporary, overwrites: overwrites)
      descriptor = Descriptor(number)
      sparse = isSparse ? SparseWriter(descriptor) : nil
    }
    if case .standardOutput = target { isStandardOutput = true } else { isStandardOutput = false }
  }

  deinit {
    abandon()
  }

  /// Whether this is a file, which stays when the program ends.
  var isFile: Bool { place != nil }
  var isTerminal: Bool { isatty(descriptor.number) == 1 }

  private static func makeTemporary(beside path: FileName) throws -> (FileName, Int32) {
    for attempt in 1...attempts {
      let number = counter.wrappingAdd(1, ordering: .relaxed).oldValue
      let name = FileName("\(temporaryPrefix)\(getpid())-\(number)")
      let temporary =
        path.bytes.contains(UInt8(ascii: "/")) ? path.folder.appending(component: name) : name
      // Reading is for verification.
      let flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
      let descriptor = InterruptionCleanup.begin(removing: temporary) {
        temporary.withCString { open($0, flags, 0o600) }
      }
      if descriptor >= 0 { return (temporary, descriptor) }
      // A process of this number may have left one when it was killed.
      guard errno == EEXIST && attempt < attempts else { break }
    }
    throw FileError("cannot write \(path): \(FileError.system())")
  }

  /// Writes all bytes.
  func write(_ bytes: [UInt8]) throws {
    do {
      if sparse != nil { try sparse?.write(bytes) } else { try descriptor.write(bytes) }
    } catch {
      throw FileError("cannot write: \(error)")
    }
  }

  /// Reads what was written, from its beginning; only of a file.
  func reread() throws -> (_ limit: Int) throws -> [UInt8] {
    try synchronise()
    #if os(Linux)
      // What the storage has is read, not what memory still has, as far as the system does so.
      posix_fadvise(descriptor.number, 0, 0, POSIX_FADV_DONTNEED)
    #endif
    guard lseek(descriptor.number, 0, SEEK_SET) == 0 else { throw FileError.system() }
    return descriptor.read
  }

  /// Gives the file its name, with what `input` has besides its content if there is one.
  ///
  /// - Parameter isSynchronous: Whether to wait until the storage holds the file and its name.
  func finish(copying input: InputFile?, isSynchronous: Bool) throws {
    guard let place else { return try finishSpecial() }
    try sparse?.finish()
    if let input {
      FileMetadata.copy(from: input, to: descriptor.number)
    } else {
      fchmod(descriptor.number, 0o666 & ~Self.creationMask)
    }
    if isSynchronous { try synchronise() }
    isOpen = false
    guard close(descriptor.number) == 0 else {
      let error = FileError("cannot write: \(FileError.system())")
      FileSystem.remove(place.temporary)
      InterruptionCleanup.end(place.temporary)
      throw error
    }
    defer { InterruptionCleanup.end(place.temporary) }
    try Self.name(place)
    if isSynchronous { try FileSystem.synchroniseFolder(place.target.folder) }
  }

  private static func name(_ place: Place) throws {
    func call(_ function: (UnsafePointer<CChar>, UnsafePointer<CChar>) -> Int32) -> Bool {
      place.temporary.withCString { old in place.target.withCString { function(old, $0) == 0 } }
    }
    // A link, unlike a renaming, fails if somebody made the target in the meantime. Not every file
    // system has links.
    let isLinked = !place.overwrites && call { link($0, $1) }
    let isTaken = !place.overwrites && !isLinked && errno == EEXIST
    if isLinked || isTaken {
      FileSystem.remove(place.temporary)
      if isTaken { throw FileError("\(place.target) exists already; -f overwrites it") }
    } else if !call({ rename($0, $1) }) {
      let error = FileError("cannot write \(place.target): \(FileError.system())")
      FileSystem.remove(place.temporary)
      throw error
    }
  }

  /// Waits until the storage holds what was written.
  private func synchronise() throws {
    guard fsync(descriptor.number) == 0 else {
      throw FileError("cannot write: \(FileError.system())")
    }
  }

  private func finishSpecial() throws {
    guard !isStandardOutput else { return }
    isOpen = false
    guard close(descriptor.number) == 0 else {
      throw FileError("cannot write: \(FileError.system())")
    }
  }

  /// Removes what was written of a file that was not finished.
  private func abandon() {
    guard isOpen, !isStandardOutput else { return }
    close(descriptor.number)
    guard let place else { return }
    FileSystem.remove(place.temporary)
    InterruptionCleanup.end(place.temporary)
  }
}
