// SPDX-License-Identifier: Apache-2.0

@testable import Deflate

/// A stream as the encoder that `parameters` describe makes it: blocks of as many tokens as it would take.
func imitatedStream(_ content: [UInt8], _ parameters: StreamParameters) -> [UInt8] {
  content.withUnsafeBufferPointer { buffer in
    let predictor = ChainPredictor(parameters.search, buffer, SearchMemory())
    var writer = StreamWriter(mostBytes: content.count * 3 + 4096)
    var end = BlockEnd(parameters, contentCount: content.count)
    var place = 0
    while place < content.count {
      let start = place
      var tokens: [UInt32] = []
      var literals = [UInt32](repeating: 0, count: 286)
      var distances = [UInt32](repeating: 0, count: 30)
      literals[256] = 1
      end.begin(at: place)
      while true {
        let token = predictor.predict(at: place)
        predictor.advance(token, at: place)
        tokens.append(token.bits)
        if token.isLiteral {
          literals[Int(content[place])] += 1
        } else {
          literals[257 + Int(Deflate.lengthSymbol[token.length])] += 1
          distances[Deflate.distanceSymbol(token.distance)] += 1
        }
        let isEnd = end.isEnd(token, at: place)
        place += token.span
        if isEnd { break }
      }
      var block = Block(kind: .dynamic, isFinal: place == content.count)
      block.header = parameters.header.header(literals, distances, allowedRuns: 7)
      let slice = UnsafeBufferPointer(rebasing: buffer[start..<place])
      try? writer.write(block, tokens: tokens, content: slice)
    }
    return writer.finish(padding: 0)
  }
}
