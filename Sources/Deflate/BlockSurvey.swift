// SPDX-License-Identifier: Apache-2.0

/// Finds out how a stream's encoder ended its blocks.
struct BlockSurvey {
  /// The tokens of each block that another block with tokens follows at once.
  private var counts: [Int] = []
  private var last = 0

  /// Looks at `blocks`, whose content has `contentCount` bytes.
  init(_ blocks: [Block], _ contentCount: Int) {
    for (index, block) in blocks.enumerated() where block.kind != .stored {
      let followed = index + 1 < blocks.count && blocks[index + 1].kind != .stored
      if followed {
        counts.append(block.tokens.count)
      } else {
        last = max(last, block.tokens.count)
      }
    }
  }

  /// The rule, and the memory level, that most blocks follow.
  func rule() -> (StreamParameters.BlockRule, Int) {
    if counts.isEmpty {
      return last < 16384 ? (.memory, 8) : last < 32768 ? (.memory, 9) : (.free, 8)
    }
    var best: (StreamParameters.BlockRule, Int) = (.free, 8)
    var most = counts.count / 4
    func consider(_ rule: StreamParameters.BlockRule, _ memory: Int, _ matching: Int) {
      if matching > most {
        most = matching
        best = (rule, memory)
      }
    }
    for memory in 1...9 {
      let tokens = 1 << (memory + 6) - 1
      consider(.memory, memory, counts.count { $0 == tokens })
    }
    consider(.tokens, 8, counts.count { $0 == 16384 })
    let early = counts.count { $0 & 0xFFF == 0 && $0 != 16384 }
    if early > 0 { consider(.gzip, 8, counts.count { $0 & 0xFFF == 0 || $0 == 32767 }) }
    return best
  }
}
