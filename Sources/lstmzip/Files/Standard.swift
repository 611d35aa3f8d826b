// SPDX-License-Identifier: Apache-2.0

import Platform

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Standard output and standard error.
enum Standard {
  /// Prints a line on standard output.
  static func print(_ line: String) {
    write(line + "\n", to: STDOUT_FILENO)
  }

  /// Prints a value as JSON on standard output.
  static func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
  }

  /// Writes a value as a line of JSON; what cannot be written is lost.
  static func writeJSONLine(_ value: some Encodable, to descriptor: Int32) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let line = try? encoder.encode(value) else { return }
    write(String(decoding: line, as: UTF8.self) + "\n", to: descriptor)
  }

  /// Prints the only one of `values` as JSON, or all of them as an array.
  static func printJSON(_ values: [some Encodable], unwrappingSingle: Bool) throws {
    if unwrappingSingle, let value = values.first { return try printJSON(value) }
    try printJSON(values)
  }

  /// Prints a line on standard error, after the program's name.
  static func printError(_ line: String) {
    write("lstmzip: \(line)\n", to: STDERR_FILENO)
  }

  /// Writes text as it is; what cannot be written is lost.
  static func write(_ text: String, to descriptor: Int32) {
    try? Descriptor(descriptor).write(Array(text.utf8))
  }
}

/// The system's functions, which the methods of the same names hide.
private func systemRead(_ number: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  read(number, buffer, count)
}

private func systemWrite(_ number: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
  write(number, buffer, count)
}

/// A file descriptor, read and written whole.
struct Descriptor {
  let number: Int32

  init(_ number: Int32) {
    self.number = number
  }

  /// The next bytes, at most `limit`; none at the end.
  func read(_ limit: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      while true {
        let result = systemRead(number, buffer.baseAddress, limit)
        if result >= 0 {
          count = result
          return
        }
        guard errno == EINTR else { throw FileError.system() }
      }
    }
  }

  /// `count` bytes from a position on, fewer only at the end.
  func read(_ count: Int, at position: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      while initialized < count {
        let rest = UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[initialized...])
        let result = pread(number, rest.baseAddress, rest.count, off_t(position + initialized))
        if result == 0 { return }
        if result > 0 {
          initialized += result
        } else if errno != EINTR {
          throw FileError.system()
        }
      }
    }
  }

  /// Writes all bytes.
  func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try write($0[...]) }
  }

  /// Writes all bytes.
  func write(_ bytes: Slice<UnsafeRawBufferPointer>) throws {
    var rest = bytes
    while !rest.isEmpty {
      let result = systemWrite(
        number, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if result >= 0 {
        rest = rest.dropFirst(result)
      } else if errno != EINTR {
        throw FileError.system()
      }
    }
  }
}
