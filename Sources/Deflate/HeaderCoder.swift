// SPDX-License-Identifier: Apache-2.0

/// What is the same in the headers of all blocks of a stream.
struct HeaderStyle: Equatable {
  var construction = CodeConstruction.heap
  /// The longest literal code, 15 or 14.
  var longest = 15
  var separateRuns = true

  /// The header that this style makes for frequencies of 286 literals and lengths and 30 distances.
  func header(_ literals: [UInt32], _ distances: [UInt32], allowedRuns: Int) -> DynamicHeader {
    var header = DynamicHeader()
    let literalLengths = construction.lengths(literals, longest: longest)
    let distanceLengths = construction.lengths(distances, longest: 15)
    header.literalCount = max((literalLengths.lastIndex { $0 != 0 } ?? 0) + 1, 257)
    header.distanceCount = (distanceLengths.lastIndex { $0 != 0 } ?? 0) + 1
    header.lengths =
      Array(literalLengths[..<header.literalCount])
      + Array(distanceLengths[..<header.distanceCount])
    complete(&header, allowedRuns: allowedRuns)
    return header
  }

  /// Fills in all that follows from a header's lengths.
  func complete(_ header: inout DynamicHeader, allowedRuns: Int) {
    let runs = LengthRuns(separate: separateRuns, allowed: allowedRuns)
    header.operations = runs.operations(header.lengths, header.literalCount)
    header.codeLengthLengths = construction.lengths(
      LengthRuns.frequencies(header.operations), longest: 7)
    header.codeLengthCount = LengthRuns.leastCount(header.codeLengthLengths)
  }
}

/// Codes the headers of dynamic blocks.
///
/// A header is compared with the one that the style makes of the block's frequencies, or only of the
/// lengths where these come before the tokens; what differs is coded part by part.
struct HeaderCoder {
  var style = HeaderStyle()
  /// The runs that the last header used.
  private var allowedRuns = 7
  /// The lengths of the last header: of 286 literals, then of 30 distances.
  private var last = [UInt8](repeating: 0, count: 316)

  private let whole = AdaptiveBits(8, AdaptiveBit(sixteenths: 14, confidence: 2))
  private let counts = AdaptiveBits(4 * 32)
  private let countEqual = AdaptiveBits(2, AdaptiveBit(sixteenths: 14, confidence: 2))
  private let lengthEqual = AdaptiveBits(3 * 16, AdaptiveBit(sixteenths: 13, confidence: 1))
  private let lengthTree = AdaptiveBits(16 * 16)
  private let freshLengths = FreshLengthCoder()
  private let runs = AdaptiveBits(8)
  private let operationEqual = AdaptiveBits(3, AdaptiveBit(sixteenths: 14, confidence: 2))
  private let operationTree = AdaptiveBits(4 + 3 * 128)
  private let codeLengthTree = AdaptiveBits(8 * 8)

  /// Codes the header of a block whose frequencies are known.
  mutating func code<C: DecisionCoder>(
    _ header: DynamicHeader, literals: [UInt32], distances: [UInt32], _ coder: inout C
  ) throws(DeflateError) -> DynamicHeader {
    let predicted = style.header(literals, distances, allowedRuns: allowedRuns)
    if try coder.code(header == predicted, whole[0]) {
      remember(predicted)
      return predicted
    }
    var result = DynamicHeader()
    result.lengths = predicted.lengths
    result.literalCount = predicted.literalCount
    result.distanceCount = predicted.distanceCount
    let same =
      header.lengths == predicted.lengths && header.literalCount == predicted.literalCount
    if try !coder.code(same, whole[1]) {
      try codeCounts(header, &result, predicted, &coder)
      try codeLengths(header, &result, predicted, &coder)
    }
    try codeRest(header, &result, &coder)
    remember(result)
    return result
  }

  /// Codes the header of a block whose tokens are not known yet.
  ///
  /// - Parameter content: The block's content.
  mutating func codeFirst<C: DecisionCoder>(
    _ header: DynamicHeader, content: UnsafeBufferPointer<UInt8>, _ coder: inout C
  ) throws(DeflateError) -> DynamicHeader {
    var result = DynamicHeader()
    let literals = try coder.codeTree(header.literalCount - 257, width: 5, counts[0])
    let distances = try coder.codeTree(header.distanceCount - 1, width: 5, counts[32])
    guard literals < 30, distances < 30 else { throw .damaged }
    result.literalCount = literals + 257
    result.distanceCount = distances + 1
    result.lengths = try freshLengths.code(
      header.lengths, literals: result.literalCount, distances: result.distanceCount,
      last: last, content: content, &coder)
    try codeRest(header, &result, &coder)
    remember(result)
    return result
  }

  private mutating func remember(_ header: DynamicHeader) {
    for index in 0..<286 {
      last[index] = index < header.literalCount ? header.lengths[index] : 0
    }
    for index in 0..<30 {
      last[286 + index] =
        index < header.distanceCount ? header.lengths[header.literalCount + index] : 0
    }
  }

  private func codeCounts<C: DecisionCoder>(
    _ header: DynamicHeader, _ result: inout DynamicHeader, _ predicted: DynamicHeader,
    _ coder: inout C
  ) throws(DeflateError) {
    if try !coder.code(header.literalCount == predicted.literalCount, countEqual[0]) {
      let count = try coder.codeTree(header.literalCount - 257, width: 5, counts[0])
      guard count < 30 else { throw .damaged }
      result.literalCount = count + 257
    }
    if try !coder.code(header.distanceCount == predicted.distanceCount, countEqual[1]) {
      let count = try coder.codeTree(header.distanceCount - 1, width: 5, counts[32])
      guard count < 30 else { throw .damaged }
      result.distanceCount = count + 1
    }
  }

  private func codeLengths<C: DecisionCoder>(
    _ header: DynamicHeader, _ result: inout DynamicHeader, _ predicted: DynamicHeader,
    _ coder: inout C
  ) throws(DeflateError) {
    result.lengths = []
    var lastEqual = 2
    for index in 0..<result.literalCount + result.distanceCount {
      let isDistance = index >= result.literalCount
      let symbol = isDistance ? index - result.literalCount : index
      let place = isDistance ? predicted.literalCount + symbol : symbol
      let known = symbol < (isDistance ? predicted.distanceCount : predicted.literalCount)
      let expected = known ? Int(predicted.lengths[place]) : 0
      let length = C.decodes ? 0 : Int(header.lengths[index])
      let equal = try coder.code(length == expected, lengthEqual[lastEqual * 16 + expected])
      lastEqual = equal ? 1 : 0
      let coded = equal ? expected : try coder.codeTree(length, width: 4, lengthTree[expected * 16])
      result.lengths.append(UInt8(coded))
    }
  }

  /// Codes how the lengths of `result` are written.
  private mutating func codeRest<C: DecisionCoder>(
    _ header: DynamicHeader, _ result: inout DynamicHeader, _ coder: inout C
  ) throws(DeflateError) {
    let used = C.decodes ? 0 : usedRuns(header)
    var expected = result
    style.complete(&expected, allowedRuns: allowedRuns)
    if try coder.code(header == expected, whole[2]) {
      result = expected
      return
    }
    allowedRuns = try coder.codeTree(used, width: 3, runs[0])
    style.complete(&expected, allowedRuns: allowedRuns)
    if try coder.code(header == expected, whole[3]) {
      result = expected
      return
    }
    try codeOperations(header, &result, &coder)
    expected.codeLengthLengths = style.construction.lengths(
      LengthRuns.frequencies(result.operations), longest: 7)
    result.codeLengthLengths = expected.codeLengthLengths
    if try !coder.code(header.codeLengthLengths == expected.codeLengthLengths, whole[4]) {
      for symbol in 0..<19 {
        let expectedLength = Int(expected.codeLengthLengths[symbol])
        let length = Int(header.codeLengthLengths[symbol])
        let coded = try coder.codeTree(length, width: 3, codeLengthTree[expectedLength * 8])
        result.codeLengthLengths[symbol] = UInt8(coded)
      }
    }
    let least = LengthRuns.leastCount(result.codeLengthLengths)
    result.codeLengthCount = least
    if try !coder.code(header.codeLengthCount == least, whole[5]) {
      let count = try coder.codeTree(header.codeLengthCount - 4, width: 4, counts[64])
      guard count + 4 >= least, count + 4 <= 19 else { throw .damaged }
      result.codeLengthCount = count + 4
    }
  }

  private func codeOperations<C: DecisionCoder>(
    _ header: DynamicHeader, _ result: inout DynamicHeader, _ coder: inout C
  ) throws(DeflateError) {
    let runs = LengthRuns(separate: style.separateRuns, allowed: allowedRuns)
    var index = 0
    var number = 0
    result.operations = []
    while index < result.lengths.count {
      let length = result.lengths[index]
      var operation = runs.operation(result.lengths, result.literalCount, at: index)
      let actual = C.decodes ? operation : header.operations[number]
      let context = operation.symbol < 16 ? length == 0 ? 1 : 0 : 2
      if try !coder.code(actual == operation, operationEqual[context]) {
        // 0 is the length itself, 1 to 3 are symbols 16 to 18.
        let kind = try coder.codeTree(max(Int(actual.symbol) - 15, 0), width: 2, operationTree[0])
        operation = LengthOperation(symbol: length, count: 1)
        if kind > 0 {
          let (base, extra) = LengthOperation.range(of: kind + 15)
          let model = operationTree[4 + (kind - 1) * 128]
          let count = try coder.codeTree(Int(actual.count) &- base, width: extra, model) + base
          guard index + count <= result.lengths.count else { throw .damaged }
          operation = LengthOperation(symbol: UInt8(kind + 15), count: UInt8(count))
          let repeated = kind > 1 ? 0 : index == 0 ? 255 : result.lengths[index - 1]
          for place in index..<index + count where result.lengths[place] != repeated {
            throw .damaged
          }
        }
      }
      result.operations.append(operation)
      index += Int(operation.count)
      number += 1
    }
  }

  /// The runs that `header` uses, as ``LengthRuns/allowed`` has them.
  private func usedRuns(_ header: DynamicHeader) -> Int {
    var used = 0
    for operation in header.operations where operation.symbol > 15 {
      used |= 1 << (Int(operation.symbol) - 16)
    }
    return used
  }
}
