// SPDX-License-Identifier: Apache-2.0

/// Codes tokens by how they differ from the cheapest ones of a ``ParsePlan``.
///
/// How far apart the costs of the choices are says how sure the cheapest one is.
final class PlanTokenCoder {
  let plan: ParsePlan
  /// Whether the last token was a literal, and whether it was as planned.
  private var lastLiteral = 1
  private var lastRight = 1

  private let isLiteral = AdaptiveBits(32 * 2 * 2 * 6)
  private let isBest = AdaptiveBits(8 * 8 * 2)
  private let isLongest = AdaptiveBits(8)
  private let isNext = AdaptiveBits(8 * 8)
  private let lengthTree = AdaptiveBits(256)
  private let isNearest = AdaptiveBits(8, AdaptiveBit(sixteenths: 15, confidence: 2))
  private let isListed = AdaptiveBits(1)
  private let rank = AdaptiveBits(64)
  private let distanceTree = AdaptiveBits(32)
  private let irregular = AdaptiveBits(1, AdaptiveBit(sixteenths: 1, confidence: 16))

  /// The number of lengths, in the order of their costs, that are asked for.
  private static let mostRanks = 16

  init(_ content: UnsafeBufferPointer<UInt8>) {
    plan = ParsePlan(content)
  }

  /// Codes the token at `place`, `left` bytes before the end of its block.
  ///
  /// - Throws: ``DeflateError/damaged`` when the decoded token leaves the block.
  func code<C: DecisionCoder>(
    _ token: Token, at place: Int, left: Int, _ coder: inout C
  ) throws(DeflateError) -> Token {
    let choice = plan.choice(at: place)
    let literalIsBest = choice.literal <= choice.match
    let literal = try coder.code(token.isLiteral, isLiteral[literalContext(choice)])
    lastRight = literal == literalIsBest ? 1 : 0
    lastLiteral = literal ? 1 : 0
    if literal { return .literal }
    let length = try codeLength(token.length, choice, at: place, &coder)
    guard length <= left else { throw .damaged }
    let distance = try codeDistance(token.distance, length, choice, at: place, &coder)
    guard distance <= place else { throw .damaged }
    var result = Token(length: length, distance: distance)
    if length == Deflate.longestMatch, try coder.code(token.isIrregular, irregular[0]) {
      result.bits |= Token.irregularMark
    }
    return result
  }

  private func literalContext(_ choice: ParsePlan.Choice) -> Int {
    var difference = 31
    var size = 0
    if choice.length != 0 {
      difference = 15 + max(-15, min(15, Int(choice.literal) - Int(choice.match)))
      size = min(choice.longest - 2, 5)
    }
    return ((size * 32 + difference) * 2 + lastLiteral) * 2 + lastRight
  }

  private func codeLength<C: DecisionCoder>(
    _ length: Int, _ choice: ParsePlan.Choice, at place: Int, _ coder: inout C
  ) throws(DeflateError) -> Int {
    if choice.length != 0 {
      let size = Int.bitWidth - 1 - choice.longest.leadingZeroBitCount
      let gap = choice.second == .max ? 7 : min(Int(choice.second) - Int(choice.match), 6)
      let isLongestBest = choice.length == choice.longest ? 1 : 0
      let context = ((size - 1) * 8 + gap) * 2 + isLongestBest
      if try coder.code(length == choice.length, isBest[context]) { return choice.length }
      if isLongestBest == 0,
        try coder.code(length == choice.longest, isLongest[size - 1])
      {
        return choice.longest
      }
      var last = (cost: choice.match, length: choice.length)
      for number in 0..<PlanTokenCoder.mostRanks {
        guard let next = plan.next(after: last.cost, last.length, at: place) else { break }
        last = next
        // Longest was said before not to be it.
        if next.length == choice.longest { continue }
        let context = min(number, 7) * 8 + min(Int(next.cost - choice.match), 7)
        if try coder.code(length == next.length, isNext[context]) { return next.length }
      }
    }
    return 3 + (try coder.codeTree(length &- 3, width: 8, lengthTree[0]))
  }

  private func codeDistance<C: DecisionCoder>(
    _ distance: Int, _ length: Int, _ choice: ParsePlan.Choice, at place: Int, _ coder: inout C
  ) throws(DeflateError) -> Int {
    let nearest = plan.nearest(length, at: place)
    if nearest != 0 {
      let size = min(Int.bitWidth - 1 - length.leadingZeroBitCount, 7)
      if try coder.code(distance == nearest, isNearest[size]) { return nearest }
      let others = plan.distances(length, at: place)
      let index = C.decodes ? nil : others.firstIndex(of: distance)
      if try coder.code(index != nil, isListed[0]) {
        let index = try coder.codeNumber(index ?? 0, rank[0])
        guard index < others.count else { throw .damaged }
        return others[index]
      }
    }
    let symbol = try coder.codeTree(
      C.decodes ? 0 : Deflate.distanceSymbol(distance), width: 5, distanceTree[0])
    guard symbol < Deflate.distanceSymbols else { throw .damaged }
    let base = Int(Deflate.distanceBase[symbol])
    return base + (try coder.codeRaw(distance &- base, Int(Deflate.distanceExtra[symbol])))
  }
}
