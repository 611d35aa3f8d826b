// SPDX-License-Identifier: Apache-2.0

/// Codes the lengths of a block's codes before its tokens are known.
///
/// What is expected is the length that the symbol had in the last block; of a literal without one, what
/// follows from its frequency in the content; of other symbols the neighbour's.
struct FreshLengthCoder {
  private let isUsed = AdaptiveBits(3 * 8 * 2)
  private let isExpected = AdaptiveBits(16, AdaptiveBit(sixteenths: 7, confidence: 1))
  private let isLonger = AdaptiveBits(16)
  /// Whether the difference ends, by context and difference.
  private let ends = AdaptiveBits(16 * 16, AdaptiveBit(sixteenths: 11, confidence: 1))

  /// What is known of a symbol.
  private struct Expectation {
    var length: Int
    /// Below 16.
    var context: Int
  }

  /// Codes `lengths`: of `literals` literals and lengths, then of `distances` distances.
  ///
  /// - Parameters:
  ///   - last: The last block's lengths: of 286 literals, then of 30 distances.
  ///   - content: The block's content.
  func code<C: DecisionCoder>(
    _ lengths: [UInt8], literals: Int, distances: Int, last: [UInt8],
    content: UnsafeBufferPointer<UInt8>, _ coder: inout C
  ) throws(DeflateError) -> [UInt8] {
    var frequencies = [Int](repeating: 0, count: 256)
    for byte in content { frequencies[Int(byte)] += 1 }
    var result: [UInt8] = []
    result.reserveCapacity(literals + distances)
    // By how many 64ths of a bit literals are longer than their frequency in the content says: most of
    // what is frequent lies within matches, but there are fewer tokens than bytes.
    var excess = -64
    // The length of the last symbol that has one, and how it differs from the last block's.
    var neighbour = 8
    var shift = 0
    for index in 0..<literals + distances {
      let isDistance = index >= literals
      let symbol = isDistance ? index - literals : index
      let kind = isDistance ? 2 : symbol < 256 ? 0 : 1
      let before = Int(last[isDistance ? 286 + symbol : symbol])
      let frequency = kind == 0 ? frequencies[symbol] : 0
      let near = kind == 0 ? min(frequency, 7) : result[index - 1] == 0 ? 0 : 1
      let used = (kind * 8 + near) * 2 + min(before, 1)
      let length = C.decodes ? 0 : Int(lengths[index])
      guard try coder.code(length != 0, isUsed[used]) else {
        result.append(0)
        continue
      }
      let quarters = kind == 0 ? quarterBits(content.count, max(frequency, 1)) : 0
      let estimate = min(max((quarters * 16 + excess + 32) >> 6, 1), 15)
      let expected =
        kind == 0
        ? literal(before, estimate, frequency) : other(kind, before, neighbour, shift)
      let coded = try code(length, expected, &coder)
      result.append(UInt8(coded))
      neighbour = coded
      shift = before == 0 ? 0 : coded - before
      if kind == 0 { excess += (coded * 64 - quarters * 16 - excess) / 8 }
    }
    return result
  }

  private func literal(_ before: Int, _ estimate: Int, _ frequency: Int) -> Expectation {
    if before != 0 {
      return Expectation(length: before, context: max(-2, min(2, estimate - before)) + 2)
    }
    return Expectation(length: estimate, context: frequency < 3 ? 5 : frequency < 8 ? 6 : 7)
  }

  private func other(_ kind: Int, _ before: Int, _ neighbour: Int, _ shift: Int) -> Expectation {
    if before == 0 { return Expectation(length: neighbour, context: kind * 4 + 4) }
    return Expectation(length: before, context: kind * 4 + 6 + max(-1, min(1, shift)))
  }

  private func code<C: DecisionCoder>(
    _ length: Int, _ expected: Expectation, _ coder: inout C
  ) throws(DeflateError) -> Int {
    let context = expected.context
    if try coder.code(length == expected.length, isExpected[context]) { return expected.length }
    // Where only one side is possible nothing is said.
    var longer = expected.length == 1
    if expected.length > 1, expected.length < 15 {
      longer = try coder.code(length > expected.length, isLonger[context])
    }
    let most = longer ? 15 - expected.length : expected.length - 1
    let wanted = abs(length - expected.length)
    var difference = 1
    while difference < most,
      try !coder.code(wanted == difference, ends[context * 16 + difference])
    {
      difference += 1
    }
    return longer ? expected.length + difference : expected.length - difference
  }

  /// The binary logarithm of `a` / `b`, in quarters, for 1 <= `b` <= `a` < 2³⁰.
  private func quarterBits(_ a: Int, _ b: Int) -> Int {
    // 24 more bits make the quotient exact enough.
    let ratio = a << 24 / b
    let whole = Int.bitWidth - 1 - ratio.leadingZeroBitCount
    let mantissa = whole >= 8 ? ratio >> (whole - 8) : ratio << (8 - whole)
    let quarter = mantissa < 304 ? 0 : mantissa < 362 ? 1 : mantissa < 431 ? 2 : 3
    return (whole - 24) * 4 + quarter
  }
}
