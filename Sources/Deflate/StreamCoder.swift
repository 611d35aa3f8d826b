// SPDX-License-Identifier: Apache-2.0

/// Codes a whole stream, given its content: the one definition of both directions.
final class StreamCoder<C: DecisionCoder> {
  var coder: C
  private let content: UnsafeBufferPointer<UInt8>
  private let limits: DeflateLimits
  private let parameters: StreamParameters
  /// One of the two codes the tokens.
  private let chainCoder: ChainTokenCoder?
  private let planCoder: PlanTokenCoder?
  private var headerCoder = HeaderCoder()
  private var blockEnd: BlockEnd
  private var place = 0
  private var literals = [UInt32](repeating: 0, count: Deflate.literalSymbols)
  private var distances = [UInt32](repeating: 0, count: Deflate.distanceSymbols)
  /// The kind of the last block.
  private var lastKind = Block.Kind.dynamic
  private var lastStored = 0

  private let stored = AdaptiveBits(3, AdaptiveBit(sixteenths: 2, confidence: 2))
  private let fixed = AdaptiveBits(3, AdaptiveBit(sixteenths: 8, confidence: 0))
  private let final = AdaptiveBits(6)
  private let expectedEnd = AdaptiveBits(2, AdaptiveBit(sixteenths: 14, confidence: 2))
  private let counts = AdaptiveBits(2 * 64)
  private let padding = AdaptiveBits(2, AdaptiveBit(sixteenths: 15, confidence: 4))

  init(
    _ coder: C, _ parameters: StreamParameters, content: UnsafeBufferPointer<UInt8>,
    limits: DeflateLimits, memory: SearchMemory
  ) {
    self.coder = coder
    self.content = content
    self.limits = limits
    self.parameters = parameters
    headerCoder.style = parameters.header
    chainCoder = parameters.planned ? nil : ChainTokenCoder(parameters.search, content, memory)
    planCoder = parameters.planned ? PlanTokenCoder(content) : nil
    blockEnd = BlockEnd(parameters, contentCount: content.count)
    final[0].pointee = AdaptiveBit(sixteenths: 1, confidence: 2)
    for context in 3..<6 { final[context].pointee = AdaptiveBit(sixteenths: 15, confidence: 2) }
  }

  /// Codes one block.
  ///
  /// - Parameters:
  ///   - block: The block; ignored by a decoder.
  ///   - tokens: All tokens of the stream that has the block; a decoder's is empty.
  /// - Returns: The block and, of a decoder, its tokens.
  func code(_ block: Block, _ tokens: [UInt32]) throws(DeflateError) -> (Block, [UInt32]) {
    var result = Block(kind: .stored, isFinal: false)
    let start = place
    var decoded: [UInt32] = []
    let context = lastKind.rawValue
    if try coder.code(block.kind == .stored, stored[context]) {
      try codeStored(block, &result)
    } else if let planCoder {
      try codePlanned(block, tokens, &result, &decoded, planCoder)
    } else if let chainCoder {
      try codeTokens(block, tokens, &decoded, chainCoder)
      let isFixed = try coder.code(block.kind == .fixed, fixed[fixedContext()])
      result.kind = isFixed ? .fixed : .dynamic
      if !isFixed {
        result.header = try headerCoder.code(
          block.header, literals: literals, distances: distances, &coder)
      }
    }
    result.contentCount = place - start
    lastKind = result.kind
    let atEnd = place == content.count ? 3 : 0
    result.isFinal = try coder.code(block.isFinal, final[atEnd + result.kind.rawValue])
    try checkWork(planCoder?.plan.work ?? chainCoder?.work ?? 0)
    return (result, decoded)
  }

  /// Short contents may have more steps a byte.
  private func checkWork(_ work: Int) throws(DeflateError) {
    if work / max(limits.work, 1) > content.count + 65536 { throw .limit }
  }

  /// Codes the bits after the last block.
  ///
  /// - Throws: ``DeflateError/damaged`` when content is left.
  func codeEnd(padding value: Int) throws(DeflateError) -> Int {
    guard place == content.count else { throw .damaged }
    if try coder.code(value == 0, padding[0]) { return 0 }
    return try coder.codeRaw(value, 7)
  }

  private func codeStored(_ block: Block, _ result: inout Block) throws(DeflateError) {
    let left = content.count - place
    var count = lastStored
    if try !coder.code(block.contentCount == lastStored, expectedEnd[0]) {
      count = try coder.codeNumber(block.contentCount, counts[0])
    }
    guard count <= left, count <= 0xFFFF else { throw .damaged }
    if count != 0 || lastKind == .stored { lastStored = count }
    if count == 0, parameters.forgets { chainCoder?.forget() }
    chainCoder?.pass(from: place, to: place + count)
    planCoder?.plan.pass(to: place + count)
    place += count
    if try !coder.code(block.padding == 0, padding[1]) {
      result.padding = try coder.codeRaw(block.padding, 7)
    }
  }

  private func codeTokens(
    _ block: Block, _ tokens: [UInt32], _ decoded: inout [UInt32], _ tokenCoder: ChainTokenCoder
  ) throws(DeflateError) {
    for symbol in 0..<literals.count { literals[symbol] = 0 }
    for symbol in 0..<distances.count { distances[symbol] = 0 }
    literals[Deflate.endOfBlock] = 1
    let asExpected = C.decodes ? true : endsAsExpected(block, tokens)
    var count = Int.max
    if try !coder.code(asExpected, expectedEnd[1]) {
      count = try coder.codeNumber(block.tokens.count, counts[64])
    }
    guard count <= content.count - place || count == .max else { throw .damaged }
    if place == content.count { return }
    if count == 0 { return }
    blockEnd.begin(at: place)
    try tokenCoder.begin(tokens[C.decodes ? 0..<0 : block.tokens], &coder)
    var index = 0
    while true {
      guard place < content.count else { throw .damaged }
      let actual = C.decodes ? Token.literal : Token(bits: tokens[block.tokens.lowerBound &+ index])
      let token = try tokenCoder.code(actual, at: place, &coder)
      if C.decodes { decoded.append(token.bits) }
      index &+= 1
      if index & 0xFFF == 0 {
        try checkWork(tokenCoder.work)
        if decoded.count > DeflateLimits.blockTokens { throw .limit }
      }
      countSymbols(token)
      let isEnd = count == .max && blockEnd.isEnd(token, at: place)
      place &+= token.span
      if isEnd || index == count { return }
    }
  }

  /// Codes a block's size, code and tokens in this order.
  private func codePlanned(
    _ block: Block, _ tokens: [UInt32], _ result: inout Block, _ decoded: inout [UInt32],
    _ tokenCoder: PlanTokenCoder
  ) throws(DeflateError) {
    let left = content.count - place
    var count = left
    if try !coder.code(block.contentCount == left, expectedEnd[1]) {
      count = try coder.codeNumber(block.contentCount, counts[64])
    }
    guard count <= left else { throw .damaged }
    let end = place + count
    let isFixed = try coder.code(block.kind == .fixed, fixed[0])
    result.kind = isFixed ? .fixed : .dynamic
    if isFixed {
      tokenCoder.plan.begin(to: end, lengths: Deflate.fixedLengths[...], literals: 288)
    } else {
      let slice = UnsafeBufferPointer(rebasing: content[place..<end])
      result.header = try headerCoder.codeFirst(block.header, content: slice, &coder)
      tokenCoder.plan.begin(
        to: end, lengths: result.header.lengths[...], literals: result.header.literalCount)
    }
    var index = block.tokens.lowerBound
    while place < end {
      let actual = C.decodes ? Token.literal : Token(bits: tokens[index])
      let token = try tokenCoder.code(actual, at: place, left: end - place, &coder)
      if C.decodes { decoded.append(token.bits) }
      if decoded.count > DeflateLimits.blockTokens { throw .limit }
      index &+= 1
      place &+= token.span
    }
  }

  @inline(__always)
  private func countSymbols(_ token: Token) {
    if token.isLiteral {
      literals[Int(content[place])] &+= 1
    } else {
      let symbol = token.isIrregular ? 27 : Int(Deflate.lengthSymbol[token.length])
      literals[257 &+ symbol] &+= 1
      distances[Deflate.distanceSymbol(token.distance)] &+= 1
    }
  }

  /// Whether the block ends where it is expected to.
  private func endsAsExpected(_ block: Block, _ tokens: [UInt32]) -> Bool {
    if block.tokens.isEmpty { return place == content.count }
    var end = blockEnd
    end.begin(at: place)
    var position = place
    for index in block.tokens {
      let token = Token(bits: tokens[index])
      if end.isEnd(token, at: position) { return index == block.tokens.upperBound - 1 }
      position += token.span
    }
    return false
  }

  /// Whether the fixed code is shorter (1), longer (2) or as long (0) as the predicted dynamic one.
  private func fixedContext() -> Int {
    let header = parameters.header.header(literals, distances, allowedRuns: 7)
    var dynamic = 14 + 3 * header.codeLengthCount
    for operation in header.operations {
      let extra = LengthOperation.range(of: Int(operation.symbol)).extra
      dynamic += Int(header.codeLengthLengths[Int(operation.symbol)]) + extra
    }
    var fixed = 0
    for symbol in 0..<Deflate.literalSymbols where literals[symbol] != 0 {
      let length = symbol < header.literalCount ? Int(header.lengths[symbol]) : 0
      dynamic += length * Int(literals[symbol])
      fixed += Int(Deflate.fixedLengths[symbol]) * Int(literals[symbol])
    }
    for symbol in 0..<Deflate.distanceSymbols where distances[symbol] != 0 {
      let index = header.literalCount + symbol
      let length = index < header.lengths.count ? Int(header.lengths[index]) : 0
      dynamic += length * Int(distances[symbol])
      fixed += 5 * Int(distances[symbol])
    }
    // zlib compares whole bytes, rounded up after the three bits of the block's type.
    let difference = (fixed + 10) >> 3 - (dynamic + 10) >> 3
    return difference < 0 ? 1 : difference > 0 ? 2 : 0
  }
}
