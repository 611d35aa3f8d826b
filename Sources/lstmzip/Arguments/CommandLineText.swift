// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Platform

/// Arguments as the text that the parser works on, and back.
///
/// A name may have bytes that are no UTF-8, which a text cannot hold; and a text takes some different
/// names for equal. So each byte from 0x80 on becomes one scalar of its own, of the last private-use
/// plane: the text holds every argument, and no two of them look alike.
enum CommandLineText {
  private static let plane: UInt32 = 0x10FF00

  /// The text of an argument.
  static func text(_ bytes: [UInt8]) -> String {
    var text = String.UnicodeScalarView()
    for byte in bytes {
      let value = byte < 0x80 ? UInt32(byte) : plane + UInt32(byte)
      text.append(Unicode.Scalar(value) ?? "\u{FFFD}")
    }
    return String(text)
  }

  /// The bytes of an argument, or of a message that has parts of some.
  static func bytes(_ text: String) -> [UInt8] {
    text.unicodeScalars.flatMap { scalar in
      scalar.value >= plane + 0x80
        ? [UInt8(truncatingIfNeeded: scalar.value)] : Array(UTF8.encode(scalar) ?? .init())
    }
  }

  /// A message that has parts of arguments, for print; its lines stay lines.
  static func printable(_ message: String) -> String {
    message.split(separator: "\n", omittingEmptySubsequences: false)
      .map { FileName.printable(bytes(String($0))) }.joined(separator: "\n")
  }
}

extension FileName: ExpressibleByArgument {
  /// Takes the bytes that an argument stands for; an empty name is none.
  package init?(argument: String) {
    guard !argument.isEmpty else { return nil }
    self.init(bytes: CommandLineText.bytes(argument))
  }

  /// What shells complete.
  package static var defaultCompletionKind: CompletionKind { .file() }
}
