// SPDX-License-Identifier: Apache-2.0

/// How an encoder that goes through the content once looks for matches, after zlib's documentation.
struct SearchParameters: Equatable {
  /// What is done with the matches found.
  enum Strategy: Int {
    /// The first match is taken (zlib's levels 1 to 3).
    case greedy = 0
    /// A match is taken unless the next place has a longer one (zlib's levels 4 to 9).
    case lazy = 1
    /// Only repetitions of the last byte are taken.
    case runs = 2
    /// No match is taken.
    case none = 3
    /// A match is taken unless the next place has one that scores better for length and distance
    /// (libdeflate's levels 5 to 7).
    case scored = 4
    /// The same of the next two places (libdeflate's levels 8 and 9).
    case scoredTwice = 5
    /// A match is taken unless the one that follows it can begin earlier, up to one byte after it
    /// (zlib-ng's levels 3 to 6).
    case joined = 6
  }

  var strategy = Strategy.lazy
  /// A match of this length makes the search for a longer one four times shorter.
  var good = 8
  /// A lazy search is not made after a match of this length; greedy and joined ones do not enter the
  /// places within a longer match into the table.
  var lazy = 16
  /// A match of this length ends a search.
  var nice = 128
  /// The number of candidates that are looked at.
  var chain = 128
  /// The number of hash bits; the hash takes `hashedBytes` bytes.
  var hashBits = 15
  /// 3 or 4: matches are at least as long.
  var hashedBytes = 3
  /// The farthest candidate.
  var farthest = 32768 - 262
  /// Whether candidates at `farthest` are taken after the first of a chain, and that at the content's
  /// beginning: zlib does neither.
  var inclusive = false
  /// A match of three bytes, or of as many as are hashed, that is farther is not taken; not by zlib's
  /// greedy strategy.
  var tooFar = 4096
  /// Whether matches of three bytes are found by a table of their own, beside chains of four bytes.
  var triples = false
  /// Whether the last place within such a match is entered all the same.
  var entersLast = false
  /// What the number of four hashed bytes is multiplied with.
  var multiplier: UInt32 = 0x1E35_A7BD
  /// Whether the first byte is the highest of the number that is hashed.
  var swapped = false
  /// Matches up to this length are not taken; lazy strategy alone.
  var filtered = 0
}
