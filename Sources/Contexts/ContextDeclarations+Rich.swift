// SPDX-License-Identifier: Apache-2.0

/// The contexts of the rich set of experts: those that follow the others of each type.
extension ContextInputs {
  @inline(__always)
  func declareRichText<Visitor: ContextVisitor>(to visitor: inout Visitor)
  where Visitor.Term == Term {
    let r = recent
    visitor.add("format in run", format & 0xF_FFFF, runLength, .rich)
    visitor.add("above, agreement", aboveText &<< 3 | agreesAbove, c1, .rich)
    visitor.add("word in field", fieldName, word &+ number, .rich)
    visitor.add("line", line, .zero, .rich)
    visitor.add("first word", firstWord, word &+ c1, .rich)
    visitor.add("alphanumerics", alphanumerics & 0xFF_FFFF_FFFF, .zero, .rich)
    visitor.add("numbers", numberShapes & 0xFF_FFFF, number &+ c1, .rich)
    visitor.add("format, order 3", format & 0xFFFF, r & 0xFF_FFFF, .rich)
  }

  @inline(__always)
  func declareRichBinary<Visitor: ContextVisitor>(to visitor: inout Visitor)
  where Visitor.Term == Term {
    let r = recent
    visitor.add("bytes 3 and 6", r & 0xFF00_00FF_0000, .zero, .rich)
    visitor.add("agreements 4 back", agreements &<< 4 | zeros & 0xF, r & 0xFF00_0000, .rich)
    visitor.add("follower of third", followers3, c1, .rich)
    visitor.add("followers of third and second", followers3, followers2 & 0xFF, .rich)
    visitor.add("above and right", above &<< 8 | aboveRight, c1, .rich)
    visitor.add("above, order 2", above, r & 0xFFFF, .rich)
    visitor.add("above, two above, column", above &<< 8 | above2, recordColumn, .rich)
    visitor.add("order 1 in column", recordColumn, c1, .rich)
    visitor.add("ranges of 8", ranges & 0xFFFF_FFFF, c1, .rich)
    visitor.add("bytes 1 and 4", r & 0xFF00_00FF, .zero, .rich)
    visitor.add("bytes 2 and 4", r & 0xFF00_FF00, .zero, .rich)
    visitor.add("bytes 1, 2 and 4", r & 0xFF00_FFFF, .zero, .rich)
    visitor.add("alphanumerics", alphanumerics & 0xFF_FFFF_FFFF, .zero, .rich)
    visitor.add("word in line", word, line, .rich)
    visitor.add("bytes 7 and 8", r & 0xFFFF_0000_0000_0000, .zero, .rich)
    visitor.add("order 7", r & 0xFF_FFFF_FFFF_FFFF, .zero, .rich)
  }
}
