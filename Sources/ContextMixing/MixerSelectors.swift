// SPDX-License-Identifier: Apache-2.0

import Content
import Contexts

/// What mixers select their weights by, at one bit.
struct MixerSelectors {
  /// What does not change within a byte: the last bytes; the column in the line or record; the classes
  /// of the last two characters, or the byte above.
  private var last = 0
  private var second = 0
  private var third = 0
  private var column = 0
  private var surroundings = 0
  private var ranges = 0
  /// What is known of the byte.
  var partial = PartialByte()
  /// The pixels around the predicted one, if the content is a bilevel image.
  var neighbourhood = 0
  /// What is known when the bit histories were looked up: those of the selecting contexts, how many
  /// contexts were seen before, of 8 classes, and 1 plus the bit that a match expects, or 0.
  var firstHistory = 0
  var lastHistory = 0
  var knownClass = 0
  var expectedBit = 0
  /// Of the rich set: the byte that a match expects, or 0, the class of its length, and what the runs of
  /// five contexts expect.
  private var matchExpected = 0
  private var matchClass = 0
  private var runs = 0

  /// Takes over what a lane knows, at the start of a byte.
  @inline(__always)
  mutating func startByte(_ variables: ContextVariables) {
    let recent = variables.recent
    last = Int(recent & 0xFF)
    second = Int(recent &>> 8 & 0xFF)
    third = Int(recent &>> 16 & 0xFF)
    ranges = variables.rangePair
    if variables.type == .text {
      column = variables.column
      surroundings = Int(variables.format & 255)
    } else {
      column = variables.recordColumn & 255
      surroundings = variables.history.back(variables.recordLength)
    }
  }
}

extension MixerSelectors {
  /// Takes over what selects weights of the rich set alone: the match that is active, if one is, and what
  /// runs expect.
  @inline(__always)
  mutating func take(_ match: MatchModel, runs: Int) {
    matchExpected = match.isActive ? match.expected & 255 : 0
    matchClass = match.lengthClass
    self.runs = runs
  }
}

extension ExpertSet {
  /// The weights that the first layer starts with: smaller the more inputs there are, found by trial.
  func initialWeight(_ type: ContentType) -> Int16 {
    switch (self, type) {
    case (.standard, .text): 3000
    case (.standard, _): 2200
    case (.rich, .text): 2400
    case (.rich, _): 1700
    }
  }
}

/// When the value of a selector is known.
enum SelectorPhase {
  case beforeLookUp
  case afterLookUp
}

/// Takes the declarations of selectors: one mixer each.
protocol SelectorVisitor {
  /// Takes a selector of the first layer: `value` is below `count`.
  mutating func first(
    _ formula: StaticString, below count: Int, _ phase: SelectorPhase,
    _ value: @autoclosure () -> Int)
  /// Takes a selector of the last layer.
  mutating func last(
    _ formula: StaticString, below count: Int, _ phase: SelectorPhase,
    _ value: @autoclosure () -> Int)
}

extension MixerSelectors {
  /// Declares all mixers of both layers, in their order, with what each selects its weights by.
  ///
  /// The formulas are those of the tables in docs/NUMERICS.md, which follow by `make numerics`.
  @inline(__always)
  func declare<Visitor: SelectorVisitor>(
    _ type: ContentType, _ set: ExpertSet, auxiliary: UnsafeMutableBufferPointer<AuxiliaryInput>,
    to visitor: inout Visitor
  ) {
    let (node, position) = (partial.node, partial.count)
    visitor.first("node", below: 256, .beforeLookUp, node)
    visitor.first("8 * last byte + j", below: 2048, .beforeLookUp, last &<< 3 | position)
    visitor.first("second last byte", below: 256, .beforeLookUp, second)
    visitor.first(
      "the state of the first context that selects", below: 256, .afterLookUp, firstHistory)
    visitor.first(
      "3 * (8 o + j) + bit", below: 192, .afterLookUp,
      (knownClass &* 8 &+ position) &* 3 &+ expectedBit)
    visitor.first(
      "8 * (column for text, else recordColumn mod 2^8) + j", below: 2048, .beforeLookUp,
      column &<< 3 | position)
    visitor.first(
      "text: 8 * (format mod 2^8) + j; binary: 8 * A + j; bilevel: below", below: 2048,
      .beforeLookUp,
      type == .bilevel ? neighbourhood : surroundings &<< 3 | position)
    visitor.first("third last byte", below: 256, .beforeLookUp, third)
    if set == .rich {
      visitor.first("rich: e mod 2^8", below: 256, .afterLookUp, matchExpected)
      visitor.first(
        "rich: 8 * length class of the match + j", below: 256, .afterLookUp,
        matchClass &<< 3 &+ position)
      visitor.first("rich: runs", below: 256, .afterLookUp, runs)
      visitor.first(
        "rich: text: 8 * (16 runLength + format mod 2^4) + j, binary: 8 * (ranges mod 2^8) + j",
        below: 2048, .beforeLookUp, ranges &<< 3 | position)
    }
    for input in auxiliary {
      visitor.first(
        "of each network: its expected byte", below: 256, .beforeLookUp,
        Int(input.prediction.expectedByte))
      visitor.first(
        "of each network: 8 * its class + j", below: 64, .beforeLookUp,
        input.confidence &* 8 &+ position)
    }
    visitor.last("node", below: 256, .beforeLookUp, node)
    visitor.last("8 * last byte + j", below: 2048, .beforeLookUp, last &<< 3 | position)
    visitor.last(
      "the state of the first context that selects last", below: 256, .afterLookUp, lastHistory)
    if let input = auxiliary.last {
      visitor.last(
        "8 * the last network's class + j, if there is one", below: 64, .beforeLookUp,
        input.confidence &* 8 &+ position)
    }
  }
}

/// Counts the weight vectors of each mixer.
struct SelectorCounts: SelectorVisitor {
  private(set) var first: [Int] = []
  private(set) var last: [Int] = []

  mutating func first(
    _ formula: StaticString, below count: Int, _ phase: SelectorPhase,
    _ value: @autoclosure () -> Int
  ) {
    first.append(count)
  }

  mutating func last(
    _ formula: StaticString, below count: Int, _ phase: SelectorPhase,
    _ value: @autoclosure () -> Int
  ) {
    last.append(count)
  }
}

/// Selects the weights whose selectors are known in a phase.
struct WeightSelection: SelectorVisitor {
  let phase: SelectorPhase
  let firstLayer: MixerLayer
  let lastLayer: MixerLayer
  private var firstMixer = 0
  private var lastMixer = 0

  init(_ phase: SelectorPhase, firstLayer: MixerLayer, lastLayer: MixerLayer) {
    self.phase = phase
    self.firstLayer = firstLayer
    self.lastLayer = lastLayer
  }

  @inline(__always)
  mutating func first(
    _ formula: StaticString, below count: Int, _ phase: SelectorPhase,
    _ value: @autoclosure () -> Int
  ) {
    if phase == self.phase { firstLayer.select(firstMixer, value()) }
    firstMixer &+= 1
  }

  @inline(__always)
  mutating func last(
    _ formula: StaticString, below count: Int, _ phase: SelectorPhase,
    _ value: @autoclosure () -> Int
  ) {
    if phase == self.phase { lastLayer.select(lastMixer, value()) }
    lastMixer &+= 1
  }
}
