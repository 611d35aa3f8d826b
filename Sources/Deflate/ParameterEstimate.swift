// SPDX-License-Identifier: Apache-2.0

import ArithmeticCoder

/// Finds the parameters under which a stream has the shortest description.
struct ParameterEstimate {
  private let stream: ParsedStream
  private let content: UnsafeBufferPointer<UInt8>
  private let limits: DeflateLimits
  private let memory = SearchMemory()

  init(_ stream: ParsedStream, _ content: UnsafeBufferPointer<UInt8>, _ limits: DeflateLimits) {
    self.stream = stream
    self.content = content
    self.limits = limits
  }

  /// Describes the stream; nil where that takes more than `most` bytes.
  private func encode(
    _ parameters: StreamParameters, most: Int = .max
  ) throws(DeflateError) -> [UInt8]? {
    var coder = DecisionEncoder()
    _ = try parameters.code(&coder)
    let encoder = StreamCoder(coder, parameters, content: content, limits: limits, memory: memory)
    for block in stream.blocks {
      _ = try encoder.code(block, stream.tokens)
      if encoder.coder.encoder.count > most { return nil }
    }
    _ = try encoder.codeEnd(padding: stream.padding)
    return encoder.coder.encoder.finish()
  }

  /// The shortest description of the stream that was found.
  ///
  /// Where imitation fails, an encoder that looks for the cheapest tokens is likely.
  func shortest() throws(DeflateError) -> [UInt8] {
    var (parameters, score) = try best()
    parameters.header = HeaderSurvey(stream, content).style()
    var planned: [UInt8]?
    if score.wrong > score.tokens / 128 {
      planned = try encode(parameters.with(planned: true))
      let expected = stream.tokens.count / max(score.tokens, 1) * score.bytes
      if let planned, planned.count < expected / 2 { return planned }
    }
    let chained = try encode(parameters, most: planned?.count ?? .max)
    guard let chained else {
      guard let planned else { throw .limit }
      return planned
    }
    if planned == nil, chained.count > 16 + stream.compressedCount / 128 {
      return try encode(parameters.with(planned: true), most: chained.count) ?? chained
    }
    return chained
  }

  /// How well parameters describe some tokens.
  private struct Score {
    var wrong = 0
    var tokens = 0
    var bytes = 0
    /// The bytes after each `checkpoint` tokens.
    var course: [Int] = []

    /// The bytes, and a little for wrong predictions, for each 2¹⁶ tokens.
    var rate: Int { (bytes * 65536 + wrong * 4096) / max(tokens, 1) }
  }

  /// The parameters under which the beginning of the stream has the shortest description.
  ///
  /// zlib's are tried on few tokens, the best of them on more, and where they fail all others.
  private func best() throws(DeflateError) -> (StreamParameters, Score) {
    var basis = StreamParameters()
    basis.forgets = forgets()
    (basis.rule, basis.memory) = BlockSurvey(stream.blocks, content.count).rule()
    let presets = stream.tokens.contains { $0 != 0 } ? Self.zlibOrder : [10]
    var trials = Trials()
    for candidate in presets.map({ basis.with(preset: $0) }) {
      if try consider(candidate, tokens: Self.fewTokens, &trials) { return trials.best }
    }
    for candidate in variants(trials.best.0) {
      if try consider(candidate, tokens: Self.fewTokens, &trials) { return trials.best }
    }
    var refined = Trials()
    for (candidate, score) in trials.all where score.rate <= trials.best.1.rate * 5 / 4 + 512 {
      if try consider(candidate, tokens: Self.manyTokens, &refined) { return refined.best }
    }
    // Some mistakes are the settings of the same encoder; more are another one's.
    if refined.best.1.wrong > 2 + refined.best.1.tokens / 2048 {
      for preset in Self.otherOrder {
        let candidate = basis.with(preset: preset)
        if try consider(candidate, tokens: Self.manyTokens, &refined) { return refined.best }
      }
    }
    return refined.best
  }

  private static let fewTokens = 2048
  private static let manyTokens = 16384
  /// The presets in the order in which they are tried: the common ones first.
  private static let zlibOrder = [5, 8, 0, 1, 2, 3, 4, 6, 7]
  private static let otherOrder =
    [9, 15] + Array(11...14) + Array(16..<StreamParameters.searches.count)

  /// What was tried.
  private struct Trials {
    var all: [(StreamParameters, Score)] = []
    /// The best one; of equally good ones the first.
    var best = (StreamParameters(), Score(tokens: 1, bytes: 1 << 30))
  }

  /// Tries `candidate`; whether it describes a whole short stream without a mistake.
  private func consider(
    _ candidate: StreamParameters, tokens: Int, _ trials: inout Trials
  ) throws(DeflateError) -> Bool {
    guard let score = try score(candidate, tokens: tokens, rival: trials.best.1) else {
      return false
    }
    trials.all.append((candidate, score))
    if score.rate < trials.best.1.rate { trials.best = (candidate, score) }
    return score.wrong == 0 && score.tokens == stream.tokens.count
  }

  /// How well `parameters` describe the first `tokens` tokens; nil as soon as they do it clearly
  /// worse than `rival`.
  private func score(
    _ parameters: StreamParameters, tokens: Int, rival: Score
  ) throws(DeflateError) -> Score? {
    var coder = DecisionEncoder()
    let tokenCoder = ChainTokenCoder(parameters.search, content, memory)
    let count = min(tokens, stream.tokens.count)
    var score = Score()
    var place = 0
    blocks: for block in stream.blocks {
      if block.kind == .stored {
        if parameters.forgets, block.contentCount == 0 { tokenCoder.forget() }
        tokenCoder.pass(from: place, to: place + block.contentCount)
        place += block.contentCount
      }
      try tokenCoder.begin(stream.tokens[block.tokens], &coder)
      for index in block.tokens {
        if score.tokens == count || tokenCoder.work > Self.mostWork { break blocks }
        let token = Token(bits: stream.tokens[index])
        _ = try tokenCoder.code(token, at: place, &coder)
        score.tokens += 1
        place += token.span
        if score.tokens % Self.checkpoint == 0 {
          let number = score.course.count
          let bytes = coder.encoder.count
          if number < rival.course.count, bytes > rival.course[number] * 5 / 4 + 16 { return nil }
          score.course.append(bytes)
        }
      }
    }
    score.wrong = tokenCoder.wrong
    score.bytes = coder.encoder.count
    return score
  }

  private static let checkpoint = 256
  /// The number of comparisons that are spent on a candidate.
  private static let mostWork = 1 << 20

  /// Whether there are empty stored blocks within the content and no match crosses one.
  private func forgets() -> Bool {
    var floor = 0
    var place = 0
    for block in stream.blocks {
      if block.kind == .stored, block.contentCount == 0 { floor = place }
      for index in block.tokens {
        let token = Token(bits: stream.tokens[index])
        if place - token.distance < floor { return false }
        place += token.span
      }
      if block.kind == .stored { place += block.contentCount }
    }
    return floor > 0 && floor < place
  }

  /// Settings that differ from `basis` in what rarely differs.
  private func variants(_ basis: StreamParameters) -> [StreamParameters] {
    var result: [StreamParameters] = []
    var farthest = 0
    for bits in stream.tokens { farthest = max(farthest, Token(bits: bits).distance) }
    var window = 15
    while window > 9, farthest <= 1 << (window - 1) - 262 { window -= 1 }
    if window < 15, content.count > 1 << window {
      result.append(basis)
      result[0].window = window
    }
    if basis.memory == 9 || basis.rule != .memory || stream.blocks.count == 1 {
      result.append(basis)
      result[result.count - 1].memory = basis.memory == 9 ? 8 : 9
    }
    if basis.search.strategy == .lazy {
      result.append(basis)
      result[result.count - 1].filtered = true
    }
    return result
  }
}
