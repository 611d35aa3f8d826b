// SPDX-License-Identifier: Apache-2.0

/// Predicts where a block ends.
struct BlockEnd {
  private let rule: StreamParameters.BlockRule
  private let most: Int
  private let early: Bool
  private let contentCount: Int
  private var tokens = 0
  private var matches = 0
  private var start = 0
  /// How often each distance symbol occurred, for gzip's estimate.
  private var distances = [Int](repeating: 0, count: 32)

  init(_ parameters: StreamParameters, contentCount: Int) {
    rule = parameters.rule
    most = parameters.blockTokens
    // gzip looks for an early end from level 3 on.
    early = parameters.rule == .gzip && parameters.preset > 1
    self.contentCount = contentCount
  }

  /// Begins a block at `place`.
  mutating func begin(at place: Int) {
    tokens = 0
    matches = 0
    start = place
    if early { for symbol in 0..<32 { distances[symbol] = 0 } }
  }

  /// Whether a block ends after `token`, which begins at `place`.
  @inline(__always)
  mutating func isEnd(_ token: Token, at place: Int) -> Bool {
    tokens &+= 1
    if place &+ token.span >= contentCount || tokens >= most { return true }
    if rule != .gzip { return false }
    if !token.isLiteral {
      matches &+= 1
      if early { distances[Deflate.distanceSymbol(token.distance)] &+= 1 }
    }
    if matches == 32768 { return true }
    return early && tokens & 0xFFF == 0 && isWorthwhile(at: place)
  }

  /// gzip's upper bound of a block's size, in bytes, is less than half of its content.
  private func isWorthwhile(at place: Int) -> Bool {
    var bits = tokens * 8
    for symbol in 0..<Deflate.distanceSymbols {
      bits += distances[symbol] * (5 + Int(Deflate.distanceExtra[symbol]))
    }
    return matches < tokens / 2 && bits >> 3 < (place + 1 - start) / 2
  }
}
