// SPDX-License-Identifier: Apache-2.0

/// A path as the system has it: bytes without a zero, in no encoding that is known.
package struct FileName: Hashable, Sendable, CustomStringConvertible {
  private static let slash = UInt8(ascii: "/")

  /// The bytes, without a zero at the end.
  package let bytes: [UInt8]

  /// Takes the bytes of a path.
  package init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Takes the UTF-8 of a text.
  package init(_ text: String) {
    bytes = Array(text.utf8)
  }

  /// Calls `body` with the path as the system takes it, which ends with a zero.
  package func withCString<Result>(
    _ body: (UnsafePointer<CChar>) throws -> Result
  ) rethrows -> Result {
    try (bytes + [0]).withUnsafeBytes { buffer in
      let pointer = buffer.bindMemory(to: CChar.self).baseAddress
      guard let pointer else { preconditionFailure("there is a zero at least") }
      return try body(pointer)
    }
  }

  /// The path for print: UTF-8 as it is, all other bytes and control characters as \xE9.
  package var description: String { Self.printable(bytes) }

  /// `bytes` for print, in the same way.
  package static func printable(_ bytes: [UInt8]) -> String {
    var text = ""
    var rest = bytes[...]
    func escaped(_ bytes: ArraySlice<UInt8>) -> String {
      bytes.map { byte in
        let digits = String(byte, radix: 16, uppercase: true)
        return "\\x" + (digits.count < 2 ? "0" : "") + digits
      }.joined()
    }
    while !rest.isEmpty {
      var iterator = rest.makeIterator()
      var parser = Unicode.UTF8.ForwardParser()
      switch parser.parseScalar(from: &iterator) {
      case .valid(let encoded):
        let scalar = Unicode.UTF8.decode(encoded)
        if scalar.properties.generalCategory == .control {
          text += escaped(rest.prefix(encoded.count))
        } else {
          text.unicodeScalars.append(scalar)
        }
        rest = rest.dropFirst(encoded.count)
      case .error(let length):
        text += escaped(rest.prefix(length))
        rest = rest.dropFirst(length)
      case .emptyInput:
        rest = []
      }
    }
    return text
  }

  /// Whether the path ends in the given bytes.
  package func hasSuffix(_ suffix: FileName) -> Bool {
    bytes.suffix(suffix.bytes.count).elementsEqual(suffix.bytes)
  }

  /// The path with a text after it.
  package func appending(_ text: String) -> FileName { FileName(bytes: bytes + text.utf8) }

  /// The path without its last `count` bytes.
  package func dropLast(_ count: Int) -> FileName { FileName(bytes: bytes.dropLast(count)) }

  /// What has the given name in this folder.
  package func appending(component name: FileName) -> FileName {
    let separator = bytes.last == Self.slash || bytes.isEmpty ? [] : [Self.slash]
    return FileName(bytes: bytes + separator + name.bytes)
  }

  /// The folder that the path is in, "." if it names none.
  package var folder: FileName {
    guard let end = bytes.lastIndex(of: Self.slash) else { return FileName(".") }
    return FileName(bytes: Array(bytes[...end]))
  }

  /// The last component of a path, slashes at its end left out; the path itself if it has no other.
  package var lastComponent: FileName {
    bytes.split(separator: Self.slash).last.map { FileName(bytes: Array($0)) } ?? self
  }
}
