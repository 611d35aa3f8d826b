// SPDX-License-Identifier: Apache-2.0

/// The variables that contexts are made of, at the start of a byte: docs/NUMERICS.md, section 4, defines
/// each under the same name.
struct ContextInputs<Term: ContextTerm> {
  /// The last 8 bytes, the most recent one lowest, and the last one.
  let recent: Term
  let c1: Term
  /// The byte that a match expects, and the class of the match's length.
  let expected: Term
  let expectedLength: Term
  /// Hashes of the word that is being written and of the two before, and of the number.
  let word: Term
  let word1: Term
  let word2: Term
  let number: Term
  /// Classes of the last characters, letters and values.
  let format: Term
  let letters: Term
  let ranges: Term
  /// Which of the last bytes were zero.
  let zeros: Term
  /// The line's first byte, the column in it, the byte above, the open brackets.
  let firstOfLine: Term
  let column: Term
  let aboveText: Term
  let nesting: Term
  /// What followed the last byte, and the last two.
  let followers1: Term
  let followers2: Term
  /// The column in the record; the byte above, the one above that, and the one left of it.
  let recordColumn: Term
  let above: Term
  let above2: Term
  let aboveLeft: Term
  /// Fields: what is expected of them.
  let branch: Term
  let progression0: Term
  let progression1: Term
  let progression2: Term
  /// Bytes since the last zero byte, and the byte's place among four.
  let sinceZero: Term
  let phase: Term
  /// How far into a run of one class, the field's name, the line so far, its first word, the last letters and
  /// digits, the shapes of the last numbers; whether the last byte was the one above it.
  let runLength: Term
  let fieldName: Term
  let line: Term
  let firstWord: Term
  let alphanumerics: Term
  let numberShapes: Term
  let agreesAbove: Term
  /// Which of the last bytes were those 4 before; what followed the third last pair three bytes later; the
  /// byte right of the one above.
  let agreements: Term
  let followers3: Term
  let aboveRight: Term
}

extension ContextInputs where Term == ContextFormula {
  /// The names of docs/NUMERICS.md.
  static var names: Self {
    ContextInputs(
      recent: .init("r"), c1: .init("c1"), expected: .init("e"), expectedLength: .init("class"),
      word: .init("word"), word1: .init("word1"), word2: .init("word2"), number: .init("number"),
      format: .init("format"), letters: .init("letters"), ranges: .init("ranges"),
      zeros: .init("zeros"), firstOfLine: .init("firstOfLine"), column: .init("column"),
      aboveText: .init("aboveText"), nesting: .init("nesting"), followers1: .init("f1"),
      followers2: .init("f2"), recordColumn: .init("recordColumn"), above: .init("A"),
      above2: .init("B"), aboveLeft: .init("C"), branch: .init("branch"),
      progression0: .init("p0"), progression1: .init("p1"), progression2: .init("p2"),
      sinceZero: .init("sinceZero"), phase: .init("phase"),
      runLength: .init("runLength"), fieldName: .init("fieldName"), line: .init("line"),
      firstWord: .init("firstWord"), alphanumerics: .init("alphanumerics"),
      numberShapes: .init("numberShapes"), agreesAbove: .init("agreesAbove"),
      agreements: .init("agreements"), followers3: .init("f3"), aboveRight: .init("D"))
  }
}
