import Platform

/// Finds the files below folders.
///
/// Names are bytes in no encoding that is known; a path ends with a zero.
enum FileTree {
  /// The regular files below a folder, in the order of the bytes of their paths; or, if `path` is no
  /// folder, `path` itself.
  ///
  /// Links below the folder, and special files, are left out: so there are no loops.
  ///
  /// - Throws: ``FileFailure`` if a folder cannot be read.
  static func regularFiles(below path: String) throws -> [[CChar]] {
    let start = Array(path.utf8CString)
    var status = stat()
    guard stat(start, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return [start] }
    var files: [[CChar]] = []
    var folders = [start]
    while let folder = folders.popLast() {
      for entry in try entries(of: folder) {
        guard lstat(entry, &status) == 0 else { throw FileFailure(path) }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: folders.append(entry)
        case S_IFREG: files.append(entry)
        default: break
        }
      }
    }
    return files.sorted { first, second in
      first.lexicographicallyPrecedes(second) { UInt8(bitPattern: $0) < UInt8(bitPattern: $1) }
    }
  }

  /// The paths of what is in a folder, in no order.
  private static func entries(of folder: [CChar]) throws -> [[CChar]] {
    let path = folder.dropLast()
    let text = String(decoding: path.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard let stream = opendir(folder) else { throw FileFailure(text) }
    defer { closedir(stream) }
    guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else {
      preconditionFailure("a stored property has an offset")
    }
    var entries: [[CChar]] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      // The name is longer or shorter than the array that is declared.
      let name = (UnsafeRawPointer(entry) + offset).assumingMemoryBound(to: CChar.self)
      let bytes = UnsafeBufferPointer(start: name, count: strlen(name))
      let dot = CChar(UInt8(ascii: "."))
      if bytes.elementsEqual([dot]) || bytes.elementsEqual([dot, dot]) { continue }
      entries.append(path + [CChar(UInt8(ascii: "/"))] + bytes + [0])
    }
    guard errno == 0 else { throw FileFailure(text) }
    return entries
  }
}
