// SPDX-License-Identifier: Apache-2.0

/// Finds out how a stream's encoder made its prefix codes.
struct HeaderSurvey {
  private let stream: ParsedStream
  private let content: UnsafeBufferPointer<UInt8>

  init(_ stream: ParsedStream, _ content: UnsafeBufferPointer<UInt8>) {
    self.stream = stream
    self.content = content
  }

  /// The number of blocks that are looked at.
  private static let mostBlocks = 4

  /// The style under which most lengths of the first dynamic blocks are as predicted.
  func style() -> HeaderStyle {
    var styles: [HeaderStyle] = []
    for construction in CodeConstruction.allCases {
      for separate in [true, false] {
        for longest in [15, 14] {
          styles.append(
            HeaderStyle(construction: construction, longest: longest, separateRuns: separate))
        }
      }
    }
    var scores = [Int](repeating: 0, count: styles.count)
    var place = 0
    var seen = 0
    for block in stream.blocks {
      if block.kind == .dynamic {
        let (literals, distances) = frequencies(of: block, at: place)
        for (index, style) in styles.enumerated() {
          scores[index] += score(style, block.header, literals, distances)
        }
        seen += 1
        if seen == HeaderSurvey.mostBlocks { break }
      }
      place += block.contentCount
    }
    var best = 0
    for index in 0..<styles.count where scores[index] > scores[best] { best = index }
    return styles[best]
  }

  private func score(
    _ style: HeaderStyle, _ header: DynamicHeader, _ literals: [UInt32], _ distances: [UInt32]
  ) -> Int {
    var predicted = style.header(literals, distances, allowedRuns: 7)
    if predicted == header { return 1000 }
    var score = 0
    for index in 0..<min(predicted.lengths.count, header.lengths.count)
    where predicted.lengths[index] == header.lengths[index] { score += 1 }
    predicted.lengths = header.lengths
    predicted.literalCount = header.literalCount
    style.complete(&predicted, allowedRuns: 7)
    if predicted.operations == header.operations { score += 20 }
    if predicted.codeLengthLengths == header.codeLengthLengths { score += 10 }
    return score
  }

  private func frequencies(of block: Block, at start: Int) -> ([UInt32], [UInt32]) {
    var literals = [UInt32](repeating: 0, count: Deflate.literalSymbols)
    var distances = [UInt32](repeating: 0, count: Deflate.distanceSymbols)
    literals[Deflate.endOfBlock] = 1
    var place = start
    for index in block.tokens {
      let token = Token(bits: stream.tokens[index])
      if token.isLiteral {
        literals[Int(content[place])] += 1
      } else {
        let symbol = token.isIrregular ? 27 : Int(Deflate.lengthSymbol[token.length])
        literals[257 + symbol] += 1
        distances[Deflate.distanceSymbol(token.distance)] += 1
      }
      place += token.span
    }
    return (literals, distances)
  }
}
