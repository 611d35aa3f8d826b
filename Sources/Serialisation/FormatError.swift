// SPDX-License-Identifier: Apache-2.0

/// Why bytes cannot be read, or not be coded as asked: one error for all modules of an archive.
package struct FormatError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of failure.
  package enum Code: Hashable, Sendable {
    case notAnArchive
    case unsupportedVersion
    case unsupportedMethod
    case unsupportedModel
    case truncated
    case corruptHeader
    case corruptContent
    case trailingData
    case invalidModelFile
    case missingModel
    case memoryLimit
  }

  /// The kind of failure.
  package let code: Code
  /// What happened, in one line without a full stop.
  package let message: String

  /// The message.
  package var description: String { message }

  /// Makes an error.
  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The source ended too early.
  package static let truncated = FormatError(.truncated, "the archive is truncated")
  /// The content contradicts its checksum, or is none that an encoder writes.
  package static let corruptContent = FormatError(
    .corruptContent, "the archive is corrupt: the content does not match its checksum")

  /// A header that contradicts the format.
  package static func corruptHeader(_ detail: String) -> FormatError {
    FormatError(.corruptHeader, "the archive is corrupt: \(detail)")
  }

  /// A model file that contradicts its format.
  package static func invalidModelFile(_ detail: String) -> FormatError {
    FormatError(.invalidModelFile, "the model file is not valid: \(detail)")
  }
}
