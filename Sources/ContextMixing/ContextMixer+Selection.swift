/// What selects weights and does not change within a byte.
struct Selectors {
  var recent: UInt64 = 0
  var last = 0
  var second = 0
  var third = 0
  /// The column in the line or record.
  var column = 0
  /// The classes of the last two characters, or the byte above.
  var surroundings = 0
}

/// Which weights each mixer uses.
extension ContextMixer {
  /// Takes over what the lane knows, at the start of a byte.
  @inline(__always)
  func startSelectors() {
    let (long, short) = (lane.pointee.longMatch, lane.pointee.shortMatch)
    let (longClass, shortClass) = (long.lengthClass, short.lengthClass)
    longMatch.startByte(expected: long.expected, lengthClass: longClass)
    shortMatch.startByte(expected: short.expected, lengthClass: shortClass)
    let recent = lane.pointee.hasher.recent
    let isText = type == .text
    selectors.recent = recent
    selectors.last = Int(recent & 0xFF)
    selectors.second = Int(recent &>> 8 & 0xFF)
    selectors.third = Int(recent &>> 16 & 0xFF)
    selectors.column = isText ? lane.pointee.hasher.column : lane.pointee.hasher.recordColumn & 255
    selectors.surroundings =
      isText
      ? Int(lane.pointee.hasher.format & 255)
      : lane.pointee.hasher.history.back(lane.pointee.hasher.recordLength)
  }

  /// Selects the weights that depend on no bit history, and asks the memory for them.
  @inline(__always)
  func selectKnownWeights() {
    layer.select(0, byteNode)
    layer.select(1, selectors.last &<< 3 | bitPosition)
    layer.select(2, selectors.second)
    layer.select(5, selectors.column &<< 3 | bitPosition)
    layer.select(
      6,
      type == .bilevel
        ? bilevel[lane - contextModel.lanes].neighbourhood
        : selectors.surroundings &<< 3 | bitPosition)
    layer.select(7, selectors.third)
    finalLayer.select(0, byteNode)
    finalLayer.select(1, selectors.last &<< 3 | bitPosition)
    for index in auxiliary.indices {
      let confidence = auxiliary[index].confidence &* 8 &+ bitPosition
      layer.select(8 &+ 2 &* index, Int(auxiliary[index].prediction.expectedByte))
      layer.select(9 &+ 2 &* index, confidence)
      finalLayer.select(3, confidence)
    }
  }

  @inline(__always)
  func selectWeightsByHistories() {
    let expected = longMatch.isActive ? longMatch.expected : shortMatch.expected
    let expectedBit = expected > 0 ? 1 &+ expected &>> (7 &- bitPosition) & 1 : 0
    let known = Int(knownClasses[knownContexts])
    layer.select(3, Int(states[selectingContexts.first]))
    layer.select(4, (known &* 8 &+ bitPosition) &* 3 &+ expectedBit)
    finalLayer.select(2, Int(states[selectingContexts.last]))
  }

  /// The number of contexts in which something was seen before; history 0 is that of a new one.
  @inline(__always)
  private var knownContexts: Int {
    var known = 0
    for first in stride(from: 0, to: contextCount, by: 8) {
      let states = UnsafeRawPointer(states + first).loadUnaligned(as: UInt64.self)
      let low = states & 0x7F7F_7F7F_7F7F_7F7F
      let isKnown = (low &+ 0x7F7F_7F7F_7F7F_7F7F | states) & 0x8080_8080_8080_8080
      known &+= isKnown.nonzeroBitCount
    }
    return known
  }
}
