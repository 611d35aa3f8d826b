import Platform

/// What is asked of the file system by path.
enum FileSystem {
  /// Whether there is something under a path; a link is followed.
  static func exists(_ path: String) -> Bool {
    mode(path) != nil
  }

  /// Whether a path, links followed, is a folder.
  static func isFolder(_ path: String) -> Bool {
    mode(path).map { $0 & S_IFMT == S_IFDIR } ?? false
  }

  /// Makes a folder, and those that it is in, unless they exist.
  ///
  /// - Throws: ``FileError`` if one of them cannot be made.
  static func makeFolder(_ path: String) throws {
    let ends = path.indices.dropFirst().filter { path[$0] == "/" } + [path.endIndex]
    for end in ends {
      let folder = String(path[..<end])
      if mkdir(folder, 0o777) == 0 { continue }
      let error = FileError.system()
      guard isFolder(folder) else { throw FileError("\(folder): \(error)") }
    }
  }

  /// The last component of a path, slashes at its end left out; the path itself if it has no other.
  static func lastComponent(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  private static func mode(_ path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode : nil
  }
}
