// SPDX-License-Identifier: Apache-2.0

/// Takes a deflate stream apart.
struct StreamParser: ~Copyable {
  private var reader: BitReader
  private let inputCount: Int
  private let limits: DeflateLimits
  private var stream = ParsedStream()
  /// The content so far: `contentCount` of `capacity` bytes.
  private var content: UnsafeMutablePointer<UInt8>
  private var contentCount = 0
  private var capacity: Int
  private let mostContent: Int

  private init(_ input: UnsafeBufferPointer<UInt8>, _ limits: DeflateLimits) {
    reader = BitReader(input)
    inputCount = input.count
    self.limits = limits
    mostContent = min(limits.content, input.count.multipliedReportingOverflow(by: limits.ratio).0)
    capacity = min(max(input.count, 256) * 4, 1 << 16)
    content = .allocate(capacity: capacity)
  }

  deinit { content.deallocate() }

  /// Takes the stream at the beginning of `input` apart.
  ///
  /// - Parameter effort: The bytes that were read or unpacked are added to it, also where this fails.
  /// - Throws: ``DeflateError/notDeflate`` or ``DeflateError/limit``.
  static func parse(
    _ input: UnsafeBufferPointer<UInt8>, _ limits: DeflateLimits, effort: inout Int
  ) throws(DeflateError) -> ParsedStream {
    var parser = StreamParser(input, limits)
    defer { effort += parser.contentCount + parser.reader.position / 8 }
    return try parser.run()
  }

  private mutating func run() throws(DeflateError) -> ParsedStream {
    var isFinal = false
    while !isFinal {
      if stream.blocks.count == limits.blocks { throw .limit }
      isFinal = reader.read(1) == 1
      guard let kind = Block.Kind(rawValue: reader.read(2)), !reader.overrun else {
        throw .notDeflate
      }
      var block = Block(kind: kind, isFinal: isFinal)
      let start = contentCount
      let firstToken = stream.tokens.count
      switch kind {
      case .stored: try parseStored(&block)
      case .fixed: try parseTokens(Deflate.fixedLengths[...], literals: 288)
      case .dynamic:
        try parseHeader(&block)
        try parseTokens(block.header.lengths[...], literals: block.header.literalCount)
      }
      block.tokens = firstToken..<stream.tokens.count
      if block.tokens.count > DeflateLimits.blockTokens { throw .limit }
      block.contentCount = contentCount - start
      stream.blocks.append(block)
    }
    stream.compressedCount = (reader.position + 7) / 8
    stream.padding = reader.read(-reader.position & 7)
    stream.content = [UInt8](UnsafeBufferPointer(start: content, count: contentCount))
    return stream
  }

  private mutating func parseStored(_ block: inout Block) throws(DeflateError) {
    block.padding = reader.read(-reader.position & 7)
    let count = reader.read(16)
    let complement = reader.read(16)
    let end = reader.position + count * 8
    guard count ^ 0xFFFF == complement, end <= inputCount * 8 else { throw .notDeflate }
    try reserve(count)
    for _ in 0..<count {
      content[contentCount] = UInt8(truncatingIfNeeded: reader.read(8))
      contentCount += 1
    }
  }

  private mutating func parseHeader(_ block: inout Block) throws(DeflateError) {
    var header = DynamicHeader()
    header.literalCount = reader.read(5) + 257
    header.distanceCount = reader.read(5) + 1
    header.codeLengthCount = reader.read(4) + 4
    guard header.literalCount <= Deflate.literalSymbols,
      header.distanceCount <= Deflate.distanceSymbols
    else { throw .notDeflate }
    for index in 0..<header.codeLengthCount {
      header.codeLengthLengths[Deflate.codeLengthOrder[index]] = UInt8(reader.read(3))
    }
    let decoder = try PrefixDecoder(header.codeLengthLengths[...], lenient: false)
    let total = header.literalCount + header.distanceCount
    while header.lengths.count < total {
      reader.refill()
      guard let symbol = decoder.decode(&reader), !reader.overrun else { throw .notDeflate }
      let (base, extra) = LengthOperation.range(of: symbol)
      let count = base + reader.take(extra)
      var length = symbol < 16 ? UInt8(symbol) : 0
      if symbol == 16 {
        guard let last = header.lengths.last else { throw .notDeflate }
        length = last
      }
      guard header.lengths.count + count <= total else { throw .notDeflate }
      header.lengths.append(contentsOf: repeatElement(length, count: count))
      header.operations.append(LengthOperation(symbol: UInt8(symbol), count: UInt8(count)))
    }
    guard header.lengths[Deflate.endOfBlock] != 0 else { throw .notDeflate }
    block.header = header
  }

  private mutating func parseTokens(
    _ lengths: ArraySlice<UInt8>, literals: Int
  ) throws(DeflateError) {
    let split = lengths.startIndex + literals
    let literalDecoder = try PrefixDecoder(lengths[..<split], lenient: true)
    let distanceDecoder = try PrefixDecoder(lengths[split...], lenient: true)
    while true {
      // 56 bits at least: a token needs 15 + 5 + 15 + 13.
      reader.refill()
      guard let symbol = literalDecoder.decode(&reader), !reader.overrun else {
        throw .notDeflate
      }
      if capacity &- contentCount < Deflate.longestMatch { try reserve(Deflate.longestMatch) }
      if symbol < Deflate.endOfBlock {
        // At least one byte is free, as was just checked.
        content[contentCount] = UInt8(truncatingIfNeeded: symbol)
        contentCount &+= 1
        stream.tokens.append(0)
      } else if symbol == Deflate.endOfBlock {
        if contentCount > mostContent { throw .limit }
        return
      } else {
        try parseMatch(symbol - 257, distanceDecoder)
      }
    }
  }

  @inline(__always)
  private mutating func parseMatch(
    _ symbol: Int, _ distanceDecoder: borrowing PrefixDecoder
  ) throws(DeflateError) {
    guard symbol < 29 else { throw .notDeflate }
    let length = Int(Deflate.lengthBase[symbol]) &+ reader.take(Int(Deflate.lengthExtra[symbol]))
    guard let code = distanceDecoder.decode(&reader), code < Deflate.distanceSymbols else {
      throw .notDeflate
    }
    let distance =
      Int(Deflate.distanceBase[code]) &+ reader.take(Int(Deflate.distanceExtra[code]))
    guard distance <= contentCount else { throw .notDeflate }
    // `longestMatch` bytes are free, and the source begins within the content.
    let target = content + contentCount
    let source = target - distance
    for index in 0..<length { target[index] = source[index] }
    contentCount &+= length
    let irregular = length == Deflate.longestMatch && symbol == 27
    stream.tokens.append(
      Token(length: length, distance: distance).bits | (irregular ? Token.irregularMark : 0))
  }

  /// Makes room for `count` more content bytes.
  private mutating func reserve(_ count: Int) throws(DeflateError) {
    if contentCount + count > mostContent + Deflate.longestMatch { throw .limit }
    if capacity - contentCount >= count { return }
    let larger = max(capacity * 2, contentCount + count)
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    buffer.update(from: content, count: contentCount)
    content.deallocate()
    content = buffer
    capacity = larger
  }
}
