// SPDX-License-Identifier: Apache-2.0

/// Finds the files below folders.
package enum FileTree {
  /// The regular files below a folder, in the order of the bytes of their paths; or, if `path` is no
  /// folder, `path` itself.
  ///
  /// Links below the folder, and special files, are left out: so there are no loops.
  ///
  /// - Throws: ``FileFailure`` if a folder cannot be read.
  package static func regularFiles(below path: FileName) throws -> [FileName] {
    var status = stat()
    let isFolder =
      path.withCString { stat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFDIR
    guard isFolder else { return [path] }
    var files: [FileName] = []
    var folders = [path]
    while let folder = folders.popLast() {
      for name in try entries(of: folder) {
        let entry = folder.appending(component: name)
        guard entry.withCString({ lstat($0, &status) }) == 0 else { throw FileFailure(entry) }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: folders.append(entry)
        case S_IFREG: files.append(entry)
        default: break
        }
      }
    }
    return files.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
  }

  /// The names of what is in a folder, in no order.
  package static func entries(of folder: FileName) throws -> [FileName] {
    guard let stream = folder.withCString({ opendir($0) }) else { throw FileFailure(folder) }
    defer { closedir(stream) }
    guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else {
      preconditionFailure("a stored property has an offset")
    }
    var entries: [FileName] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      // The name is longer or shorter than the array that is declared.
      let name = (UnsafeRawPointer(entry) + offset).assumingMemoryBound(to: CChar.self)
      let bytes = [UInt8](UnsafeRawBufferPointer(start: name, count: strlen(name)))
      if !bytes.elementsEqual(".".utf8) && !bytes.elementsEqual("..".utf8) {
        entries.append(FileName(bytes: bytes))
      }
    }
    guard errno == 0 else { throw FileFailure(folder) }
    return entries
  }
}
