// SPDX-License-Identifier: Apache-2.0

import Content

/// What a context is used for, besides the experts, which use all of them.
package struct ContextRoles: OptionSet, Sendable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Networks embed it: trained ones, and those without experts.
  package static let embedded = ContextRoles(rawValue: 1)
  /// Untrained networks beside experts embed it.
  package static let embeddedUntrained = ContextRoles(rawValue: 2)
  /// Beside an untrained network no expert uses it: the network and the direct probabilities know what
  /// it says.
  package static let dispensable = ContextRoles(rawValue: 4)
  /// It has direct probabilities.
  package static let direct = ContextRoles(rawValue: 8)
  /// Its bit history selects weights of the first mixer layer; that of the first such context of the
  /// last one.
  package static let selects = ContextRoles(rawValue: 16)
  package static let selectsLast = ContextRoles(rawValue: 32)
  /// Only the rich set of experts uses it.
  package static let rich = ContextRoles(rawValue: 64)
}

/// Takes the declarations of contexts, in the order of their numbers.
protocol ContextVisitor {
  associatedtype Term: ContextTerm

  /// Takes a context: the hash of its number and of two values.
  mutating func add(
    _ name: StaticString, _ a: Term, _ b: Term, _ roles: @autoclosure () -> ContextRoles)
}

extension ContextInputs {
  /// Declares every context of a content type.
  ///
  /// This is the one place that says which contexts there are, what each is the hash of and what it is
  /// used for. Numbers follow from the order: a new context goes to the end of its type, whose last ones are the rich
  /// set's. The tables of
  /// docs/NUMERICS.md follow by `make numerics`.
  @inline(__always)
  func declare<Visitor: ContextVisitor>(
    _ type: ContentType, _ set: ExpertSet, to visitor: inout Visitor
  ) where Visitor.Term == Term {
    declareOrders(isText: type == .text, to: &visitor)
    if type == .text { declareText(to: &visitor) } else { declareBinary(to: &visitor) }
    guard set == .rich else { return }
    if type == .text { declareRichText(to: &visitor) } else { declareRichBinary(to: &visitor) }
  }

  @inline(__always)
  private func declareOrders<Visitor: ContextVisitor>(isText: Bool, to visitor: inout Visitor)
  where Visitor.Term == Term {
    let r = recent
    visitor.add("order 0", .zero, .zero, [])
    visitor.add("order 1", r & 0xFF, .zero, isText ? [.direct, .dispensable] : .direct)
    visitor.add(
      "order 2", r & 0xFFFF, .zero,
      isText
        ? [.direct, .dispensable, .embedded, .selectsLast]
        : [.direct, .embedded, .embeddedUntrained, .selectsLast])
    visitor.add(
      "order 3", r & 0xFF_FFFF, .zero,
      isText ? [.direct, .dispensable, .embedded] : [.direct, .embedded])
    visitor.add(
      "order 4", r & 0xFFFF_FFFF, .zero,
      isText ? [.dispensable, .embedded, .embeddedUntrained] : .embedded)
    visitor.add(
      "order 5", r & 0xFF_FFFF_FFFF, .zero, isText ? [.dispensable, .embedded] : [])
    visitor.add(
      "order 6", r & 0xFFFF_FFFF_FFFF, .zero, isText ? [.embedded, .selectsLast] : .embedded)
    visitor.add("order 8", r, .zero, [])
    visitor.add(
      "match", expected, expectedLength &<< 8 | c1,
      isText ? [.dispensable, .embedded] : .embedded)
  }

  @inline(__always)
  private func declareText<Visitor: ContextVisitor>(to visitor: inout Visitor)
  where Visitor.Term == Term {
    let r = recent
    visitor.add("word", word, c1, [.embedded, .embeddedUntrained, .selects])
    visitor.add("two words", word, word1, [.embedded, .embeddedUntrained])
    visitor.add("word, second last", word, word2, .embedded)
    visitor.add("words before", word1, word2 &+ c1, [])
    visitor.add("number or word in line", number &+ word, firstOfLine, [])
    visitor.add("bytes 2 and 4", r & 0xFF00_FF00 | .one, .zero, .embedded)
    visitor.add("bytes 2 and 3", r & 0xFF_FF00, .zero, [.dispensable, .embedded])
    visitor.add("format", format & 0xFFFF_FFFF, c1, .embedded)
    visitor.add("column", column, aboveText, .embedded)
    visitor.add("word in format", word, format & 0xFFFF, [])
    visitor.add("followers", followers2, c1, .embedded)
    visitor.add("word, match", word, expected, [.dispensable, .embedded])
    visitor.add("format in column", format & 0xFFFF_FFFF_FFFF, column, .embedded)
    visitor.add("word in brackets", nesting, word, [])
    visitor.add("letters", letters & 0xFFFF, c1, [])
  }

  @inline(__always)
  private func declareBinary<Visitor: ContextVisitor>(to visitor: inout Visitor)
  where Visitor.Term == Term {
    let r = recent
    visitor.add("byte 2", r & 0xFF00, .zero, [.embedded, .selects])
    visitor.add("byte 3", r & 0xFF_0000, .zero, [])
    visitor.add("bytes 2 and 3", r & 0xFF_FF00, .zero, [.embedded, .embeddedUntrained])
    visitor.add("bytes 1 and 3", r & 0xFF_00FF, .zero, .embedded)
    visitor.add("byte 4", r & 0xFF00_0000, .zero, [])
    visitor.add("bytes 3 and 4", r & 0xFFFF_0000, .zero, [.embedded, .embeddedUntrained])
    visitor.add("high nibbles", r & 0xF0F0_F0F0, .zero, .embedded)
    visitor.add("two followers", followers1 & 0xFFFF, c1, [])
    visitor.add("followers of two", followers2, .zero, .embedded)
    visitor.add("three followers", followers1 & 0xFF_FFFF, .zero, [])
    visitor.add("word", word, c1, .embedded)
    // Outside of operands the last byte alone.
    visitor.add("branch", branch, branch.ifZero(c1), [])
    visitor.add("progression 0", progression0, c1, [])
    visitor.add("progression 1", progression1, c1, [])
    visitor.add("two above", above &<< 8 | above2, c1, [])
    visitor.add(
      "above and its left", above &<< 8 | aboveLeft, c1, [.embedded, .embeddedUntrained])
    visitor.add("progression 2", progression2, c1, [])
    visitor.add("high bits of 5", r & 0xE0_E0E0_E0E0, .zero, .embedded)
    visitor.add("high bits of 3", r & 0xFFF8_F8F8, .zero, [])
    visitor.add("gradient above", above &* 2 &- above2, recordColumn, [])
    visitor.add("since zero", sinceZero, c1, .embedded)
    visitor.add(
      "bytes 4 and 8", (r &>> 24 & 0xFF) &<< 8 | r &>> 56, phase, [.embedded, .embeddedUntrained])
    visitor.add("bytes 2, 4 and 5", r & 0xFF_FF00_FF00, .zero, [])
    visitor.add("bytes 5 and 6", r & 0xFFFF_0000_0000, .zero, [])
    visitor.add("zeros", zeros & 0xFF, c1, [])
    visitor.add("ranges", ranges & 0xFF_FFFF, .zero, [])
    visitor.add("format", format & 0xFFFF_FFFF, c1, [])
    visitor.add("order 2 in phase", r & 0xFFFF, phase, [])
    visitor.add("match, order 2", expected, r & 0xFFFF, [])
    visitor.add("match, follower", expected &<< 8 | followers2 & 0xFF, c1, [])
    visitor.add("column of record", recordColumn, above, [])
  }
}
