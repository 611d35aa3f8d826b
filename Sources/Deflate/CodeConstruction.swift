// SPDX-License-Identifier: Apache-2.0

/// How an encoder makes a prefix code's lengths from its symbols' frequencies.
///
/// All are Huffman's (1952); they differ in the choice among subtrees of equal weight, and in how codes
/// that are too long are shortened.
enum CodeConstruction: Int, CaseIterable {
  /// zlib's: a heap; of equal weights the shallower tree first; at least two codes.
  case heap = 0
  /// Two queues over symbols sorted by frequency; of equal weights the single symbol first.
  case symbolFirst = 1
  /// Two queues; of equal weights the joined tree first, as package-merge has it.
  case treeFirst = 2

  /// The lengths of the code, none above `longest` bits; 0 for symbols that do not occur.
  ///
  /// - Parameter frequencies: At most 288, whose sum is below 2³¹.
  /// - Complexity: O(n log n).
  func lengths(_ frequencies: [UInt32], longest: Int) -> [UInt8] {
    switch self {
    case .heap:
      var builder = HeapCode(frequencies, longest: longest)
      return builder.lengths()
    case .symbolFirst:
      return QueueCode.lengths(frequencies, longest: longest, symbolFirst: true)
    case .treeFirst:
      return QueueCode.lengths(frequencies, longest: longest, symbolFirst: false)
    }
  }
}

/// Huffman's construction with a heap, as zlib's documentation and RFC 1951 describe it.
private struct HeapCode {
  private let symbolCount: Int
  private let longest: Int
  /// The weight, height and parent of each node; symbols come first.
  private var weights: [UInt32]
  private var heights: [UInt8]
  private var parents: [Int]
  /// The heap in 1...heapCount.
  private var heap: [Int] = [0]
  private var heapCount = 0
  /// Nodes in the order in which they left the heap.
  private var removed: [Int] = []

  init(_ frequencies: [UInt32], longest: Int) {
    symbolCount = frequencies.count
    self.longest = longest
    weights = frequencies
    heights = [UInt8](repeating: 0, count: symbolCount)
    parents = [Int](repeating: -1, count: symbolCount)
    for symbol in 0..<symbolCount where frequencies[symbol] != 0 { heap.append(symbol) }
    var spare = heap.last.map { $0 > 1 ? 0 : $0 + 1 } ?? 0
    if heap.count == 1 { spare = 0 }
    while heap.count < 3 {
      // Fewer than two symbols: others get a code of one bit, as decoders once needed it.
      weights[spare] = 1
      heap.append(spare)
      spare += 1
    }
    heapCount = heap.count - 1
  }

  mutating func lengths() -> [UInt8] {
    for index in stride(from: heapCount / 2, through: 1, by: -1) { sink(index) }
    while heapCount > 1 {
      let lightest = heap[1]
      heap[1] = heap[heapCount]
      heapCount -= 1
      sink(1)
      let second = heap[1]
      removed.append(lightest)
      removed.append(second)
      let node = weights.count
      weights.append(weights[lightest] &+ weights[second])
      heights.append(max(heights[lightest], heights[second]) &+ 1)
      parents.append(-1)
      parents[lightest] = node
      parents[second] = node
      heap[1] = node
      sink(1)
    }
    removed.append(heap[1])
    return assigned()
  }

  private func precedes(_ a: Int, _ b: Int) -> Bool {
    weights[a] < weights[b] || (weights[a] == weights[b] && heights[a] <= heights[b])
  }

  private mutating func sink(_ start: Int) {
    var index = start
    let node = heap[index]
    while index * 2 <= heapCount {
      var child = index * 2
      if child < heapCount, precedes(heap[child + 1], heap[child]) { child += 1 }
      if precedes(node, heap[child]) { break }
      heap[index] = heap[child]
      index = child
    }
    heap[index] = node
  }

  /// The lengths from the tree: from the root down, cut at `longest`, then repaired.
  private func assigned() -> [UInt8] {
    var depths = [Int](repeating: 0, count: weights.count)
    var counts = [Int](repeating: 0, count: longest + 1)
    var overflow = 0
    for node in removed.reversed() {
      var depth = parents[node] < 0 ? 0 : depths[parents[node]] + 1
      if depth > longest {
        depth = longest
        overflow += 1
      }
      depths[node] = depth
      if node < symbolCount { counts[depth] += 1 }
    }
    while overflow > 0 {
      var depth = longest - 1
      while counts[depth] == 0 { depth -= 1 }
      counts[depth] -= 1
      counts[depth + 1] += 2
      counts[longest] -= 1
      overflow -= 2
    }
    var lengths = [UInt8](repeating: 0, count: symbolCount)
    var depth = longest
    for node in removed where node < symbolCount {
      while counts[depth] == 0 { depth -= 1 }
      lengths[node] = UInt8(depth)
      counts[depth] -= 1
    }
    return lengths
  }
}

/// Huffman's construction with two queues (van Leeuwen, 1976).
private enum QueueCode {
  static func lengths(_ frequencies: [UInt32], longest: Int, symbolFirst: Bool) -> [UInt8] {
    var keys: [UInt64] = []
    for (symbol, frequency) in frequencies.enumerated() where frequency != 0 {
      keys.append(UInt64(frequency) << 16 | UInt64(symbol))
    }
    keys.sort()
    var lengths = [UInt8](repeating: 0, count: frequencies.count)
    if keys.count < 2 {
      // Decoders once needed two codes: the first symbol's and the only one's, or the second one's.
      let only = keys.first.map { Int($0 & 0xFFFF) } ?? 0
      lengths[0] = 1
      lengths[max(only, 1)] = 1
      return lengths
    }
    var counts = self.counts(keys, longest: longest, symbolFirst: symbolFirst)
    var length = longest
    for key in keys {
      while counts[length] == 0 { length -= 1 }
      counts[length] -= 1
      lengths[Int(key & 0xFFFF)] = UInt8(length)
    }
    return lengths
  }

  /// The number of codes of each length.
  private static func counts(_ keys: [UInt64], longest: Int, symbolFirst: Bool) -> [Int] {
    let leaves = keys.count
    var weights = [UInt64](repeating: 0, count: leaves - 1)
    var parents = [Int](repeating: 0, count: leaves - 1)
    var nextLeaf = 0
    var nextTree = 0
    for tree in 0..<leaves - 1 {
      for _ in 0..<2 {
        let leaf = nextLeaf < leaves ? keys[nextLeaf] >> 16 : .max
        let joined = nextTree < tree ? weights[nextTree] : .max
        if nextTree == tree || leaf < joined || (symbolFirst && leaf == joined && leaf != .max) {
          weights[tree] += leaf
          nextLeaf += 1
        } else {
          weights[tree] += joined
          parents[nextTree] = tree
          nextTree += 1
        }
      }
    }
    // From the root on each inner node takes a place of a leaf and makes two, one level deeper; where
    // that is too deep, the deepest place that is not.
    var counts = [Int](repeating: 0, count: longest + 2)
    counts[1] = 2
    var depths = [Int](repeating: 0, count: leaves - 1)
    for tree in stride(from: leaves - 3, through: 0, by: -1) {
      depths[tree] = depths[parents[tree]] + 1
      var depth = min(depths[tree], longest)
      if depth >= longest {
        depth = longest - 1
        while counts[depth] == 0 { depth -= 1 }
      }
      counts[depth] -= 1
      counts[depth + 1] += 2
    }
    return counts
  }
}
