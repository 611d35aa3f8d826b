// SPDX-License-Identifier: Apache-2.0

/// Puts a deflate stream together again.
struct StreamWriter {
  private var writer = BitWriter()
  private let mostBytes: Int

  /// Creates a writer that writes at most about `mostBytes`.
  init(mostBytes: Int) { self.mostBytes = mostBytes }

  /// Writes a block whose content is `content` and, unless it is stored, whose tokens are `tokens`.
  ///
  /// - Throws: ``DeflateError/damaged`` when a symbol has no code; ``DeflateError/limit``.
  mutating func write(
    _ block: Block, tokens: [UInt32], content: UnsafeBufferPointer<UInt8>
  ) throws(DeflateError) {
    if writer.count > mostBytes { throw .limit }
    writer.write(block.isFinal ? 1 : 0, 1)
    writer.write(UInt64(block.kind.rawValue), 2)
    switch block.kind {
    case .stored:
      guard content.count <= 0xFFFF else { throw .damaged }
      writer.write(UInt64(block.padding), -writer.bitsOfLastByte & 7)
      writer.write(UInt64(content.count), 16)
      writer.write(UInt64(content.count ^ 0xFFFF), 16)
      writer.append(content)
    case .fixed:
      try write(tokens, content, Deflate.fixedLengths[...], literals: 288)
    case .dynamic:
      try write(block.header)
      let lengths = block.header.lengths
      try write(tokens, content, lengths[...], literals: block.header.literalCount)
    }
  }

  /// Writes the bits after the last block and returns the stream.
  consuming func finish(padding: Int) -> [UInt8] {
    writer.write(UInt64(padding), -writer.bitsOfLastByte & 7)
    return writer.bytes
  }

  private mutating func write(_ header: DynamicHeader) throws(DeflateError) {
    writer.write(UInt64(header.literalCount - 257), 5)
    writer.write(UInt64(header.distanceCount - 1), 5)
    writer.write(UInt64(header.codeLengthCount - 4), 4)
    for index in 0..<header.codeLengthCount {
      let symbol = Deflate.codeLengthOrder[index]
      writer.write(UInt64(header.codeLengthLengths[symbol]), 3)
    }
    let codes = CodeTable(header.codeLengthLengths[...])
    for operation in header.operations {
      let entry = codes.entries[Int(operation.symbol)]
      guard entry != 0 else { throw .damaged }
      let (base, extra) = LengthOperation.range(of: Int(operation.symbol))
      writer.write(UInt64(entry >> 4), Int(entry & 15))
      writer.write(UInt64(Int(operation.count) - base), extra)
    }
  }

  private mutating func write(
    _ tokens: [UInt32], _ content: UnsafeBufferPointer<UInt8>, _ lengths: ArraySlice<UInt8>,
    literals: Int
  ) throws(DeflateError) {
    let split = lengths.startIndex + literals
    let literalCodes = CodeTable(lengths[..<split]).entries
    let distanceCodes = CodeTable(lengths[split...]).entries
    var position = 0
    for bits in tokens {
      let token = Token(bits: bits)
      // The tokens' spans add up to the content, which the caller has made sure of.
      if token.isLiteral {
        try write(literalCodes[Int(content[position])])
        position &+= 1
        continue
      }
      if writer.count > mostBytes { throw .limit }
      let length = token.length
      let symbol = token.isIrregular ? 27 : Int(Deflate.lengthSymbol[length])
      guard symbol &+ 257 < literalCodes.count else { throw .damaged }
      try write(literalCodes[symbol &+ 257])
      writer.write(
        UInt64(length &- Int(Deflate.lengthBase[symbol])), Int(Deflate.lengthExtra[symbol]))
      let code = Deflate.distanceSymbol(token.distance)
      guard code < distanceCodes.count else { throw .damaged }
      try write(distanceCodes[code])
      writer.write(
        UInt64(token.distance &- Int(Deflate.distanceBase[code])), Int(Deflate.distanceExtra[code]))
      position &+= length
    }
    try write(literalCodes[Deflate.endOfBlock])
  }

  @inline(__always)
  private mutating func write(_ entry: UInt32) throws(DeflateError) {
    guard entry != 0 else { throw .damaged }
    writer.write(UInt64(entry >> 4), Int(entry & 15))
  }
}
