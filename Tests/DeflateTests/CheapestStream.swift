// SPDX-License-Identifier: Apache-2.0

@testable import Deflate

/// A stream as an optimising encoder makes it: blocks of `blockSize` content bytes, whose tokens are the
/// cheapest ones under the code that zlib's tokens gave.
func cheapestStream(_ content: [UInt8], blockSize: Int) -> [UInt8] {
  content.withUnsafeBufferPointer { buffer in
    let plan = ParsePlan(buffer)
    var writer = StreamWriter(mostBytes: content.count * 3 + 4096)
    var place = 0
    while place < content.count {
      let end = min(place + blockSize, content.count)
      // A code of all symbols, so that every choice can be written; then one of what was chosen.
      var lengths = [UInt8](repeating: 8, count: 256) + [UInt8](repeating: 9, count: 30)
      lengths += [UInt8](repeating: 5, count: 30)
      var tokens: [UInt32] = []
      var header = DynamicHeader()
      for _ in 0..<3 {
        var literals = [UInt32](repeating: 0, count: 286)
        var distances = [UInt32](repeating: 0, count: 30)
        literals[256] = 1
        tokens = []
        plan.begin(to: end, lengths: lengths[...], literals: 286)
        var position = place
        while position < end {
          let choice = plan.choice(at: position)
          if choice.literal <= choice.match {
            tokens.append(0)
            literals[Int(content[position])] += 1
            position += 1
          } else {
            tokens.append(Token(length: choice.length, distance: choice.distance).bits)
            literals[257 + Int(Deflate.lengthSymbol[choice.length])] += 1
            distances[Deflate.distanceSymbol(choice.distance)] += 1
            position += choice.length
          }
        }
        header = HeaderStyle(construction: .symbolFirst, longest: 15, separateRuns: false).header(
          literals, distances, allowedRuns: 7)
        lengths = Array(repeating: 0, count: 316)
        for index in 0..<header.literalCount { lengths[index] = header.lengths[index] }
        for index in 0..<header.distanceCount {
          lengths[286 + index] = header.lengths[header.literalCount + index]
        }
        if place > 0 { break }
      }
      var block = Block(kind: .dynamic, isFinal: end == content.count)
      block.header = header
      let slice = UnsafeBufferPointer(rebasing: buffer[place..<end])
      try? writer.write(block, tokens: tokens, content: slice)
      place = end
    }
    return writer.finish(padding: 0)
  }
}
