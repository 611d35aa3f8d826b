// SPDX-License-Identifier: Apache-2.0

/// Predicts the next token of an encoder that goes through the content once, from the tokens that it
/// really wrote: one wrong prediction does not make the following ones wrong.
final class ChainPredictor {
  /// What a prediction rests on.
  enum Reason: Int {
    /// No match was found.
    case noMatch = 0
    /// A match was found, but not taken because it is short and far.
    case badMatch = 1
    /// A following place has a better match than this one.
    case betterNext = 2
    /// A match.
    case match = 3
  }

  let search: ChainSearch
  private let parameters: SearchParameters
  /// A match at `knownPlace` that was found at an earlier place.
  private var known = ChainSearch.Match(length: 0, distance: 0)
  private var knownPlace = -1
  /// The match at the present place, also where a literal is predicted; its distance is 0 where there is
  /// none.
  private(set) var current = ChainSearch.Match(length: 0, distance: 0)
  private(set) var reason = Reason.noMatch
  /// The shortest match that is looked for.
  var shortest: Int

  init(
    _ parameters: SearchParameters, _ content: UnsafeBufferPointer<UInt8>,
    _ memory: SearchMemory
  ) {
    self.parameters = parameters
    search = ChainSearch(parameters, content, memory)
    shortest = parameters.triples ? 3 : parameters.hashedBytes
  }

  /// The token that the encoder would write at `place`, where the last token ended.
  func predict(at place: Int) -> Token {
    switch parameters.strategy {
    case .none:
      current.distance = 0
      return literal(.noMatch)
    case .runs:
      current = search.run(at: place)
      if current.length >= 3 { return match() }
      current.distance = 0
      return literal(.noMatch)
    case .greedy:
      find(at: place)
      if current.distance == 0 { return literal(.noMatch) }
      return parameters.triples && isBad(current) ? literal(.badMatch) : match()
    case .lazy: return predictLazy(at: place)
    case .scored, .scoredTwice: return predictScored(at: place)
    case .joined: return predictJoined(at: place)
    }
  }

  private func predictLazy(at place: Int) -> Token {
    find(at: place)
    if current.distance == 0 { return literal(.noMatch) }
    if isBad(current) { return literal(.badMatch) }
    if current.length >= parameters.lazy { return match() }
    search.enter()
    let chain = current.length >= parameters.good ? parameters.chain >> 2 : parameters.chain
    let next = search.longest(at: place + 1, previous: current.length, chain: chain)
    if next.distance == 0 || isBad(next) { return match() }
    return literal(.betterNext, next, at: place + 1)
  }

  private func predictScored(at place: Int) -> Token {
    if knownPlace == place + 1 {
      // The match after the next literal was taken two places before.
      current.distance = 0
      return literal(.betterNext)
    }
    find(at: place)
    if current.distance == 0 { return literal(.noMatch) }
    if isBad(current) { return literal(.badMatch) }
    if current.length >= parameters.nice { return match() }
    for step in 1...(parameters.strategy == .scored ? 1 : 2) {
      while search.entered < place + step { search.enter() }
      let next = search.longest(
        at: place + step, previous: current.length - 1, chain: max(parameters.chain >> step, 1))
      if next.distance == 0 { continue }
      let score =
        4 * (next.length - current.length) + logarithm(current.distance)
        - logarithm(next.distance)
      if score > (step == 1 ? 2 : 6) { return literal(.betterNext, next, at: place + step) }
    }
    return match()
  }

  private func predictJoined(at place: Int) -> Token {
    find(at: place)
    for _ in 0..<4 {
      if current.distance == 0 { return literal(.noMatch) }
      let end = place + current.length
      enter(to: end, length: current.length)
      let next = search.longest(at: end, previous: shortest - 1, chain: parameters.chain)
      known = next
      knownPlace = end
      if next.distance == 0 { break }
      let most = min(current.length, 256 - next.length)
      let earlier = search.backward(next.distance, at: end, most: most)
      if earlier == 0 || earlier < current.length - 1 { break }
      let joined = ChainSearch.Match(length: next.length + earlier, distance: next.distance)
      if earlier == current.length - 1 { return literal(.betterNext, joined, at: place + 1) }
      current = joined
    }
    return match()
  }

  /// Learns the token that was written at `place`.
  func advance(_ token: Token, at place: Int) {
    if parameters.strategy == .runs || parameters.strategy == .none { return }
    let end = place &+ token.span
    enter(to: end, length: token.length)
  }

  /// Enters the places before `end`, where a token of `length`, 0 of a literal, ends.
  private func enter(to end: Int, length: Int) {
    let passes = parameters.strategy == .greedy || parameters.strategy == .joined
    if passes, length > parameters.lazy, search.entered < end {
      search.enter()
      if search.entered < end { search.skip(to: parameters.entersLast ? end - 1 : end) }
    }
    while search.entered < end { search.enter() }
  }

  /// Finds the match at `place`.
  private func find(at place: Int) {
    if knownPlace == place {
      current = known
    } else {
      current = search.longest(at: place, previous: shortest - 1, chain: parameters.chain)
    }
  }

  /// Whether a match is too short for its distance, or short and filtered.
  private func isBad(_ match: ChainSearch.Match) -> Bool {
    let short = parameters.triples ? 3 : parameters.hashedBytes
    return match.length <= parameters.filtered
      || (match.length == short && match.distance > parameters.tooFar)
  }

  private func logarithm(_ distance: Int) -> Int {
    Int.bitWidth - 1 - distance.leadingZeroBitCount
  }

  private func literal(_ reason: Reason) -> Token {
    self.reason = reason
    return .literal
  }

  private func literal(_ reason: Reason, _ next: ChainSearch.Match, at place: Int) -> Token {
    known = next
    knownPlace = place
    return literal(reason)
  }

  private func match() -> Token {
    reason = .match
    return Token(length: current.length, distance: current.distance)
  }
}
