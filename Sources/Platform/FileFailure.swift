// SPDX-License-Identifier: Apache-2.0

/// What the system says of a file or folder that cannot be read or written.
package struct FileFailure: Error, CustomStringConvertible {
  package let description: String

  /// The system's text for `errno` as it stands, after the path.
  package init(_ path: FileName) {
    description = "\(path): \(String(cString: strerror(errno)))"
  }
}
