// SPDX-License-Identifier: Apache-2.0

/// Codes tokens by how they differ from a ``ChainPredictor``'s.
final class ChainTokenCoder {
  private let predictor: ChainPredictor
  private let variesShortest: Bool
  private let contentCount: Int
  /// Whether the last predictions were right, the latest in the lowest bit.
  private var history = 0b11

  private let right = AdaptiveBits(
    4 * 8 * 4, AdaptiveBit(sixteenths: 15, confidence: 4))
  private let isLiteral = AdaptiveBits(8)
  private let isAlternative = AdaptiveBits(2)
  private let sameLength = AdaptiveBits(2)
  private let sameDistance = AdaptiveBits(2)
  private let lengthTree = AdaptiveBits(2 * 256)
  private let inChain = AdaptiveBits(2)
  private let hops = AdaptiveBits(2 * 64)
  private let distanceTree = AdaptiveBits(32)
  private let shortest = AdaptiveBits(8)
  private let irregular = AdaptiveBits(1, AdaptiveBit(sixteenths: 1, confidence: 16))

  /// The number of predictions that were wrong.
  private(set) var wrong = 0

  init(
    _ parameters: SearchParameters, _ content: UnsafeBufferPointer<UInt8>,
    _ memory: SearchMemory
  ) {
    predictor = ChainPredictor(parameters, content, memory)
    variesShortest = parameters.triples
    contentCount = content.count
  }

  /// The number of comparisons made so far.
  var work: Int { predictor.search.work }

  /// Forgets the content before `place`, where a token begins.
  func forget() { predictor.search.forget() }

  /// Passes a token-less part of the content that ends at `end`.
  func pass(from start: Int, to end: Int) {
    for place in start..<end { predictor.advance(.literal, at: place) }
  }

  /// Begins a block whose tokens are `tokens`: an encoder that looks for triples chooses the shortest
  /// match that it takes by the content.
  func begin<C: DecisionCoder>(_ tokens: ArraySlice<UInt32>, _ coder: inout C) throws(DeflateError)
  {
    if !variesShortest { return }
    var least = 10
    for bits in tokens where bits != 0 { least = min(least, Token(bits: bits).length) }
    predictor.shortest = 3 + (try coder.codeTree(least - 3, width: 3, shortest[0]))
  }

  /// Codes the token at `place`, before the content's end.
  ///
  /// - Throws: ``DeflateError/damaged`` when the decoded token leaves the content.
  @inline(__always)
  func code<C: DecisionCoder>(
    _ token: Token, at place: Int, _ coder: inout C
  ) throws(DeflateError) -> Token {
    let predicted = predictor.predict(at: place)
    let size = self.size(predictor.current)
    let context = (predictor.reason.rawValue &* 8 &+ size) &* 4 &+ history & 3
    let isRight = try coder.code(token.regular == predicted, right[context])
    history = history << 1 | (isRight ? 1 : 0)
    var result = predicted
    if !isRight {
      wrong &+= 1
      result = try codeDifferent(token.regular, from: predicted, at: place, &coder)
    }
    if result.length == Deflate.longestMatch {
      if try coder.code(token.isIrregular, irregular[0]) { result.bits |= Token.irregularMark }
    }
    predictor.advance(result, at: place)
    return result
  }

  /// A class of matches by length, and by distance where they are short: 0, of none, to 7.
  @inline(__always)
  private func size(_ match: ChainSearch.Match) -> Int {
    if match.distance == 0 { return 0 }
    if match.length > 5 { return match.length < 9 ? 6 : 7 }
    if match.length == 5 { return 5 }
    return (match.length == 4 ? 3 : 1) &+ (match.distance > 4096 ? 1 : 0)
  }

  private func codeDifferent<C: DecisionCoder>(
    _ token: Token, from predicted: Token, at place: Int, _ coder: inout C
  ) throws(DeflateError) -> Token {
    let current = predictor.current
    let kind = predicted.isLiteral ? 1 : 0
    if predicted.isLiteral {
      if current.distance != 0 {
        let alternative = Token(length: current.length, distance: current.distance)
        if try coder.code(token == alternative, isAlternative[0]) { return alternative }
      }
    } else if try coder.code(token.isLiteral, isLiteral[size(current)]) {
      return .literal
    }
    var length = current.length
    var isSame = false
    if current.distance != 0 { isSame = try coder.code(token.length == length, sameLength[kind]) }
    if !isSame {
      length = 3 + (try coder.codeTree(token.length &- 3, width: 8, lengthTree[kind * 256]))
    }
    guard length <= contentCount - place else { throw .damaged }
    let distance = try codeDistance(token.distance, length: length, at: place, &coder)
    guard distance <= place else { throw .damaged }
    return Token(length: length, distance: distance)
  }

  private func codeDistance<C: DecisionCoder>(
    _ distance: Int, length: Int, at place: Int, _ coder: inout C
  ) throws(DeflateError) -> Int {
    var rank: Int?
    if !C.decodes {
      var count = 0
      predictor.search.visitCandidates(at: place, length: length) { candidate in
        if candidate == distance { rank = count }
        count += 1
        return candidate < distance
      }
    }
    if try coder.code(rank != nil, inChain[0]) {
      var left = try coder.codeNumber(rank ?? 0, hops[0])
      var found = 0
      predictor.search.visitCandidates(at: place, length: length) { candidate in
        if left == 0 { found = candidate }
        left -= 1
        return left >= 0
      }
      if found == 0 { throw .damaged }
      return found
    }
    let symbol = try coder.codeTree(
      C.decodes ? 0 : Deflate.distanceSymbol(distance), width: 5, distanceTree[0])
    guard symbol < Deflate.distanceSymbols else { throw .damaged }
    let base = Int(Deflate.distanceBase[symbol])
    return base + (try coder.codeRaw(distance &- base, Int(Deflate.distanceExtra[symbol])))
  }
}
