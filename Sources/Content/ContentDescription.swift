// SPDX-License-Identifier: Apache-2.0

/// The types of content, each with contexts of its own; the numbers are those of the archive format.
public enum ContentType: UInt8, CaseIterable, Sendable {
  /// Text of any sort, markup and source code.
  case text = 0
  /// Everything else.
  case binary = 1
  /// Rows of black and white pixels, 8 in a byte.
  case bilevel = 2
}

/// What the models are told of a content before its first bit; part of an archive's header.
package struct ContentDescription: Hashable, Sendable {
  /// The greatest record length.
  package static let maximumRecordLength = 65_535

  /// What the bytes are.
  package var type: ContentType
  /// The length of the content's records or rows in bytes, 0 for none.
  package var recordLength: Int

  /// Makes a description; a record length out of range is brought into it.
  package init(type: ContentType = .binary, recordLength: Int = 0) {
    self.type = type
    self.recordLength = max(0, min(Self.maximumRecordLength, recordLength))
  }
}
