// SPDX-License-Identifier: Apache-2.0

/// What can be wrong with a deflate stream or with the description of one.
package enum DeflateError: Error, Equatable, Sendable {
  /// The bytes are not a deflate stream (RFC 1951), or end within one.
  case notDeflate
  /// The reconstruction does not describe a stream of the content.
  case damaged
  /// A limit of ``DeflateLimits`` was reached.
  case limit
}

/// How much a stream may unpack to, and how much work may be spent on it.
package struct DeflateLimits: Sendable {
  /// The most bytes that a stream may unpack to, at most 2³⁰.
  package var content: Int
  /// The most content bytes for each byte of the stream; deflate itself allows 1032.
  package var ratio: Int
  /// The most tokens of a block: all of them are in memory at once.
  package static let blockTokens = 1 << 21

  /// The most blocks of a stream.
  package var blocks: Int
  /// The most steps for each content byte on average, where a step compares two strings of the
  /// content.
  package var work: Int

  /// Creates limits; the defaults suit a file's streams.
  package init(
    content: Int = 1 << 27, ratio: Int = 1100, blocks: Int = 1 << 18, work: Int = 1 << 10
  ) {
    self.content = min(content, 1 << 30)
    self.ratio = ratio
    self.blocks = blocks
    self.work = work
  }
}
