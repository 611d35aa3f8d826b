// SPDX-License-Identifier: Apache-2.0

import Platform

/// What went wrong with a file, in one line.
struct FileError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }

  /// The system's text for `errno` as it stands.
  static func system(_ number: Int32 = errno) -> FileError {
    FileError(String(cString: strerror(number)))
  }
}

/// A file that was left alone for a reason that is not an error.
struct FileSkipped: Error, CustomStringConvertible {
  let description: String
}
