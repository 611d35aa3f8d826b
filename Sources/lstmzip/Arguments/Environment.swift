// SPDX-License-Identifier: Apache-2.0

import Platform

/// The variables of the process's environment.
enum Environment {
  /// What a variable says, or nil if it is not set.
  static func value(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// The bytes of a variable, without those that are empty, between colons.
  static func names(_ name: String) -> [FileName] {
    guard let value = getenv(name) else { return [] }
    let bytes = UnsafeRawBufferPointer(start: value, count: strlen(value))
    return bytes.split(separator: UInt8(ascii: ":")).map { FileName(bytes: Array($0)) }
  }

  /// The bytes of a variable as a path, or nil if it is empty or not set.
  static func path(_ name: String) -> FileName? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return FileName(
      bytes: [UInt8](UnsafeRawBufferPointer(start: value, count: strlen(value))))
  }
}
