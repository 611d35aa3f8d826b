// SPDX-License-Identifier: Apache-2.0

/// All that is the same for a whole stream: what its encoder was and how it was set.
struct StreamParameters: Equatable {
  /// Where blocks end that do not end with the content.
  enum BlockRule: Int {
    /// After as many tokens as zlib's memory level gives room for.
    case memory = 0
    /// After 32767 tokens, 32768 matches, or where gzip sees that a block has become worthwhile.
    case gzip = 1
    /// After 16384 tokens.
    case tokens = 2
    /// Nothing is known.
    case free = 3
  }

  /// Whether tokens are compared with the cheapest ones, not with those of a search along chains.
  var planned = false
  /// The index of a search in ``searches``.
  var preset = 5
  /// zlib's window bits, 9 to 15.
  var window = 15
  /// zlib's memory level, 1 to 9.
  var memory = 8
  var rule = BlockRule.memory
  var header = HeaderStyle()
  /// Whether matches of up to five bytes are not taken: zlib's strategy for filtered data.
  var filtered = false
  /// Whether no match crosses an empty stored block: zlib's full flush.
  var forgets = false

  /// The searches of zlib's levels 1 to 9 and strategies for runs and for no matches, of Go's levels 2 to
  /// 9, of libdeflate's levels 2 to 9, and of encoders with one or two candidates.
  static let searches: [SearchParameters] = {
    // Good, lazy, nice, chain; as zlib's documentation of its levels has them.
    let levels: [(Int, Int, Int, Int)] = [
      (4, 4, 8, 4), (4, 5, 16, 8), (4, 6, 32, 32), (4, 4, 16, 16), (8, 16, 32, 32),
      (8, 16, 128, 128), (8, 32, 128, 256), (32, 128, 258, 1024), (32, 258, 258, 4096),
    ]
    var result: [SearchParameters] = []
    for (index, (good, lazy, nice, chain)) in levels.enumerated() {
      result.append(
        SearchParameters(
          strategy: index < 3 ? .greedy : .lazy, good: good, lazy: lazy, nice: nice, chain: chain))
    }
    result.append(SearchParameters(strategy: .runs))
    result.append(SearchParameters(strategy: .none))
    let others: [(Int, Int, Int, Int)] = [
      (4, 5, 16, 8), (4, 6, 32, 32), (4, 4, 16, 16), (8, 16, 32, 32),
      (8, 16, 128, 128), (8, 32, 128, 256), (32, 128, 258, 1024), (32, 258, 258, 4096),
    ]
    for (index, (good, lazy, nice, chain)) in others.enumerated() {
      result.append(
        SearchParameters(
          strategy: index < 2 ? .greedy : .lazy, good: .max, lazy: lazy, nice: nice, chain: chain,
          hashBits: 17, hashedBytes: 4, farthest: 32768, inclusive: true, swapped: true))
    }
    // Chain, nice, and the strategy.
    let scored: [(Int, Int, SearchParameters.Strategy)] = [
      (6, 10, .greedy), (12, 14, .greedy), (16, 30, .greedy), (16, 30, .scored), (35, 65, .scored),
      (100, 130, .scored), (300, 258, .scoredTwice), (600, 258, .scoredTwice),
    ]
    for (chain, nice, strategy) in scored {
      result.append(
        SearchParameters(
          strategy: strategy, lazy: 258, nice: nice, chain: chain, hashBits: 16, hashedBytes: 4,
          farthest: 32767, inclusive: true, tooFar: strategy == .greedy ? 4096 : 8192,
          triples: true))
    }
    // Whether all places of a match are entered, and the number of candidates.
    for (lazy, chain) in [(258, 1), (0, 1), (258, 2), (4, 2)] {
      result.append(
        SearchParameters(
          strategy: .greedy, lazy: lazy, nice: 258, chain: chain, hashBits: 15, hashedBytes: 4,
          farthest: 32768, inclusive: true))
    }
    // zlib-ng's levels 1 to 8: it hashes four bytes.
    let newer: [(SearchParameters.Strategy, Int, Int, Int, Int)] = [
      (.greedy, 0, 0, 258, 1), (.greedy, .max, 4, 8, 4), (.greedy, .max, 96, 16, 6),
      (.greedy, .max, 192, 32, 24), (.joined, .max, 256, 32, 32), (.joined, .max, 256, 128, 128),
      (.lazy, 8, 32, 128, 256), (.lazy, 32, 128, 258, 1024),
    ]
    for (strategy, good, lazy, nice, chain) in newer {
      result.append(
        SearchParameters(
          strategy: strategy, good: good, lazy: lazy, nice: nice, chain: chain, hashBits: 16,
          hashedBytes: 4, tooFar: .max, entersLast: strategy != .lazy && lazy > 0,
          multiplier: 0x9E37_79B1))
    }
    return result
  }()

  /// The number of presets of ``searches`` that hash three bytes as zlib does.
  static let zlibPresets = 11

  /// The search that the parameters describe.
  var search: SearchParameters {
    var search = StreamParameters.searches[preset]
    if preset < StreamParameters.zlibPresets {
      search.hashBits = memory + 7
      search.farthest = 1 << window - 262
    }
    if filtered { search.filtered = 5 }
    return search
  }

  /// The number of tokens after which a block ends, but for gzip's early ends.
  var blockTokens: Int {
    switch rule {
    case .memory: return 1 << (memory + 6) - 1
    case .gzip: return 32767
    case .tokens: return 16384
    case .free: return .max
    }
  }

  /// The same with or without a plan.
  func with(planned: Bool) -> StreamParameters {
    var result = self
    result.planned = planned
    return result
  }

  /// The same with another search.
  func with(preset: Int) -> StreamParameters {
    var result = self
    result.preset = preset
    return result
  }

  /// Codes the parameters.
  func code<C: DecisionCoder>(_ coder: inout C) throws(DeflateError) -> StreamParameters {
    var result = StreamParameters()
    let likely = AdaptiveBits(16, AdaptiveBit(sixteenths: 14, confidence: 2))
    let trees = AdaptiveBits(5 * 64)
    result.planned = try coder.code(planned, likely[8])
    if result.planned {
      result.header = try codeHeader(&coder, likely, trees[256])
      return result
    }
    result.preset = try coder.codeTree(preset, width: 6, trees[0])
    guard result.preset < StreamParameters.searches.count else { throw .damaged }
    if try !coder.code(window == 15, likely[0]) {
      result.window = 9 + (try coder.codeTree(window - 9, width: 3, trees[64]))
      guard result.window <= 15 else { throw .damaged }
    }
    if try !coder.code(memory == 8, likely[1]) {
      result.memory = 1 + (try coder.codeTree(memory - 1, width: 4, trees[128]))
      guard result.memory <= 9 else { throw .damaged }
    }
    if try !coder.code(rule == .memory, likely[2]) {
      let rule = BlockRule(rawValue: try coder.codeTree(rule.rawValue, width: 2, trees[192]))
      result.rule = rule ?? .free
    }
    result.header = try codeHeader(&coder, likely, trees[256])
    result.filtered = try !coder.code(!filtered, likely[6])
    result.forgets = try !coder.code(!forgets, likely[7])
    return result
  }

  private func codeHeader<C: DecisionCoder>(
    _ coder: inout C, _ likely: AdaptiveBits, _ tree: UnsafeMutablePointer<AdaptiveBit>
  ) throws(DeflateError) -> HeaderStyle {
    var result = HeaderStyle()
    if try coder.code(header == result, likely[3]) { return result }
    let value = try coder.codeTree(header.construction.rawValue, width: 2, tree)
    guard let construction = CodeConstruction(rawValue: value) else { throw .damaged }
    result.construction = construction
    result.longest = try coder.code(header.longest == 15, likely[4]) ? 15 : 14
    result.separateRuns = try coder.code(header.separateRuns, likely[5])
    return result
  }
}
