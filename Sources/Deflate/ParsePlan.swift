// SPDX-License-Identifier: Apache-2.0

/// The cheapest way to write a block with a given code, from each of its places on.
///
/// The cost of what is left of a block depends on the place alone, not on how it was reached; so wrong
/// predictions have no consequences. A block is planned in segments with some content looked ahead.
final class ParsePlan {
  private let content: UnsafeBufferPointer<UInt8>
  private let search: TreeSearch
  /// The matches of the places from `base` on; those of place p begin at `starts[p - base]`.
  private var matches: [UInt32] = []
  private var starts: [Int] = [0]
  private var base = 0
  /// The bits from each place, from `base` on, to the planned end.
  private var costs: [UInt32] = []
  private var plannedEnd = 0
  /// Places before it have final costs.
  private var segmentEnd = 0
  private var blockEnd = 0

  private let literalCosts: UnsafeMutablePointer<UInt32>
  private let lengthCosts: UnsafeMutablePointer<UInt32>
  private let distanceCosts: UnsafeMutablePointer<UInt32>

  private static let segment = 32768
  private static let lookahead = 2048
  /// The cost of what has no code.
  private static let impossible: UInt32 = 200

  init(_ content: UnsafeBufferPointer<UInt8>) {
    self.content = content
    search = TreeSearch(content)
    literalCosts = .allocate(capacity: 256)
    lengthCosts = .allocate(capacity: Deflate.longestMatch + 1)
    distanceCosts = .allocate(capacity: 32)
    lengthCosts.initialize(repeating: 0, count: Deflate.longestMatch + 1)
    literalCosts.initialize(repeating: 0, count: 256)
    distanceCosts.initialize(repeating: 0, count: 32)
  }

  deinit {
    literalCosts.deallocate()
    lengthCosts.deallocate()
    distanceCosts.deallocate()
  }

  /// The number of comparisons made so far.
  var work: Int { search.work }

  /// Begins a block up to `end`, with the lengths of a code.
  func begin(to end: Int, lengths: ArraySlice<UInt8>, literals: Int) {
    blockEnd = end
    segmentEnd = 0
    func cost(_ index: Int) -> UInt32 {
      let length = index < lengths.count ? lengths[lengths.startIndex + index] : 0
      return length == 0 ? ParsePlan.impossible : UInt32(length)
    }
    for byte in 0..<256 { literalCosts[byte] = cost(byte) }
    for length in Deflate.shortestMatch...Deflate.longestMatch {
      let symbol = Int(Deflate.lengthSymbol[length])
      let known = 257 + symbol < literals
      lengthCosts[length] =
        (known ? cost(257 + symbol) : ParsePlan.impossible) + UInt32(Deflate.lengthExtra[symbol])
    }
    for symbol in 0..<Deflate.distanceSymbols {
      distanceCosts[symbol] = cost(literals + symbol) + UInt32(Deflate.distanceExtra[symbol])
    }
  }

  /// Passes content without tokens up to `end`.
  func pass(to end: Int) { move(to: end) }

  /// Drops the matches of places before `place`, and finds those of places that were not looked at.
  private func move(to place: Int) {
    let known = base + starts.count - 1
    if place >= known {
      while search.entered < place {
        matches.removeAll(keepingCapacity: true)
        search.enter(&matches)
      }
      matches.removeAll(keepingCapacity: true)
      starts = [0]
    } else {
      let first = starts[place - base]
      matches.removeFirst(first)
      starts.removeFirst(place - base)
      for index in 0..<starts.count { starts[index] -= first }
    }
    base = place
  }

  /// Plans the segment that begins at `place`.
  private func plan(from place: Int) {
    move(to: place)
    segmentEnd = min(place + ParsePlan.segment, blockEnd)
    plannedEnd = min(segmentEnd + ParsePlan.lookahead, blockEnd)
    while base + starts.count - 1 < plannedEnd {
      search.enter(&matches)
      starts.append(matches.count)
    }
    let count = plannedEnd - place
    costs = [UInt32](repeating: 0, count: count + 1)
    // Indices stay within the segment: a length is at most what is left of it.
    costs.withUnsafeMutableBufferPointer { costs in
      matches.withUnsafeBufferPointer { matches in
        for index in stride(from: count - 1, through: 0, by: -1) {
          var least = literalCosts[Int(content[place + index])] &+ costs[index + 1]
          var length = Deflate.shortestMatch
          let left = count - index
          for number in starts[index]..<starts[index + 1] {
            let match = matches[number]
            let distanceCost = distanceCosts[Deflate.distanceSymbol(Int(match & 0xFFFF))]
            let longest = min(Int(match >> 16), left)
            while length <= longest {
              least = min(least, lengthCosts[length] &+ distanceCost &+ costs[index &+ length])
              length &+= 1
            }
          }
          costs[index] = least
        }
      }
    }
  }

  /// What can be written at a place.
  struct Choice {
    /// The cost of the rest of the block with a literal, and with the best match.
    var literal: UInt32 = 0
    var match: UInt32 = .max
    /// The cost with a match of the second best length.
    var second: UInt32 = .max
    /// The best length, of equally good ones the shortest; 0 where there is no match.
    var length = 0
    var distance = 0
    /// The longest match, up to the end of the block.
    var longest = 0
    var longestDistance = 0
  }

  /// What can be written at `place`, before the end of the block.
  func choice(at place: Int) -> Choice {
    if place >= segmentEnd { plan(from: place) }
    let index = place - base
    var choice = Choice()
    choice.literal = literalCosts[Int(content[place])] &+ costs[index + 1]
    var length = Deflate.shortestMatch
    let left = plannedEnd - place
    for number in starts[index]..<starts[index + 1] {
      let distance = Int(matches[number] & 0xFFFF)
      let distanceCost = distanceCosts[Deflate.distanceSymbol(distance)]
      let longest = min(Int(matches[number] >> 16), left)
      while length <= longest {
        let cost = lengthCosts[length] &+ distanceCost &+ costs[index &+ length]
        if cost < choice.match {
          choice.second = choice.match
          choice.match = cost
          choice.length = length
          choice.distance = distance
        } else if cost < choice.second {
          choice.second = cost
        }
        choice.longest = length
        choice.longestDistance = distance
        length &+= 1
      }
    }
    return choice
  }

  /// The best of the lengths at `place` that come after `length`, whose cost is `cost`, in the order of
  /// costs and then lengths; nil where none does.
  func next(after cost: UInt32, _ length: Int, at place: Int) -> (cost: UInt32, length: Int)? {
    var best: (cost: UInt32, length: Int)?
    let index = place - base
    let left = plannedEnd - place
    var other = Deflate.shortestMatch
    for number in starts[index]..<starts[index + 1] {
      let distanceCost = distanceCosts[Deflate.distanceSymbol(Int(matches[number] & 0xFFFF))]
      let longest = min(Int(matches[number] >> 16), left)
      while other <= longest {
        let otherCost = lengthCosts[other] &+ distanceCost &+ costs[index &+ other]
        if otherCost > cost || (otherCost == cost && other > length),
          otherCost < best?.cost ?? .max
        {
          best = (otherCost, other)
        }
        other &+= 1
      }
    }
    return best
  }

  /// The nearest distance of a match of `length` at `place`, for which ``choice(at:)`` was called; 0 where
  /// there is none.
  func nearest(_ length: Int, at place: Int) -> Int {
    let index = place - base
    for number in starts[index]..<starts[index + 1] where Int(matches[number] >> 16) >= length {
      return Int(matches[number] & 0xFFFF)
    }
    return 0
  }

  /// The distances of the matches at `place`, of `length` or more, nearest first.
  func distances(_ length: Int, at place: Int) -> [Int] {
    let index = place - base
    return (starts[index]..<starts[index + 1]).compactMap { number in
      Int(matches[number] >> 16) >= length ? Int(matches[number] & 0xFFFF) : nil
    }
  }
}
