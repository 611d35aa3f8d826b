// SPDX-License-Identifier: Apache-2.0

/// How code lengths are written as runs: what an encoder that takes the longest runs would do.
struct LengthRuns: Equatable {
  /// Whether a run ends where the literals' lengths end.
  var separate = true
  /// Whether symbols 16, 17 and 18 may be used: bits 0, 1 and 2.
  var allowed = 7

  /// The operation for the lengths from `index` on.
  ///
  /// - Parameters:
  ///   - lengths: All lengths, of which the first `literalCount` are those of literals.
  ///   - index: Below the number of lengths.
  func operation(_ lengths: [UInt8], _ literalCount: Int, at index: Int) -> LengthOperation {
    let end = separate && index < literalCount ? literalCount : lengths.count
    let length = lengths[index]
    var run = 1
    while run < 138, index + run < end, lengths[index + run] == length { run += 1 }
    if length == 0 {
      if run >= 11, allowed & 4 != 0 { return LengthOperation(symbol: 18, count: UInt8(run)) }
      if run >= 3, allowed & 2 != 0 {
        return LengthOperation(symbol: 17, count: UInt8(min(run, 10)))
      }
    }
    let begins = index == 0 || (separate && index == literalCount)
    if !begins, lengths[index - 1] == length, run >= 3, allowed & 1 != 0 {
      return LengthOperation(symbol: 16, count: UInt8(min(run, 6)))
    }
    return LengthOperation(symbol: length, count: 1)
  }

  /// The operations for all lengths.
  func operations(_ lengths: [UInt8], _ literalCount: Int) -> [LengthOperation] {
    var result: [LengthOperation] = []
    var index = 0
    while index < lengths.count {
      let operation = operation(lengths, literalCount, at: index)
      result.append(operation)
      index += Int(operation.count)
    }
    return result
  }

  /// How often each code-length symbol occurs in `operations`.
  static func frequencies(_ operations: [LengthOperation]) -> [UInt32] {
    var result = [UInt32](repeating: 0, count: 19)
    for operation in operations { result[Int(operation.symbol)] += 1 }
    return result
  }

  /// The least number of code-length-code lengths that covers all that are not zero.
  static func leastCount(_ lengths: [UInt8]) -> Int {
    var count = 19
    while count > 4, lengths[Deflate.codeLengthOrder[count - 1]] == 0 { count -= 1 }
    return count
  }
}
