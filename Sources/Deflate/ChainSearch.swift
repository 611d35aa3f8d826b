// SPDX-License-Identifier: Apache-2.0

/// Finds the matches that an encoder with hash chains would find.
///
/// Places of the content are entered in order; each chain leads from the last place of a hash value to
/// earlier ones.
final class ChainSearch {
  /// A match; a length below 3 is none.
  struct Match {
    var length: Int
    var distance: Int
  }

  private let parameters: SearchParameters
  private let content: UnsafePointer<UInt8>
  private let count: Int
  private let memory: SearchMemory
  private let heads: UnsafeMutablePointer<Int32>
  private let chains: UnsafeMutablePointer<Int32>
  private let shift: Int
  private let mask: Int
  /// The place that is entered next.
  private(set) var entered = 0
  /// Earlier places are no candidates.
  private var floor = 0
  /// The number of candidates looked at.
  private(set) var work = 0

  /// Creates a search in `content`, which must outlive it and have fewer than 2³¹ bytes.
  ///
  /// - Parameter memory: What no other search uses as long as this one lives.
  init(
    _ parameters: SearchParameters, _ content: UnsafeBufferPointer<UInt8>,
    _ memory: SearchMemory
  ) {
    self.memory = memory
    heads = memory.heads
    chains = memory.chains
    self.parameters = parameters
    // An empty content is never read.
    self.content = content.baseAddress ?? UnsafePointer(bitPattern: 1).unsafelyUnwrapped
    count = content.count
    shift = (parameters.hashBits + 2) / 3
    mask = 1 << parameters.hashBits - 1
  }

  deinit {
    // A short content is gone through again rather than all hash values. Places that were passed over
    // are among those before `entered`.
    if min(entered, count) < SearchMemory.heads / 16 {
      var place = 0
      while place < entered, place &+ parameters.hashedBytes <= count {
        heads[hash(place)] = -1
        place &+= 1
      }
    } else {
      heads.update(repeating: -1, count: 1 << parameters.hashBits)
    }
  }

  /// The hash of the bytes at `place`, of which `hashedBytes` must be left.
  @inline(__always)
  private func hash(_ place: Int) -> Int {
    let bytes = content + place
    if parameters.hashedBytes == 3 {
      return (Int(bytes[0]) &<< (2 &* shift) ^ Int(bytes[1]) &<< shift ^ Int(bytes[2])) & mask
    }
    var word = UInt32(littleEndian: UnsafeRawPointer(bytes).loadUnaligned(as: UInt32.self))
    if parameters.swapped { word = word.byteSwapped }
    return Int(
      (word &* parameters.multiplier) &>> UInt32(truncatingIfNeeded: 32 &- parameters.hashBits))
  }

  /// The slot of the three bytes at `place`, of which so many must be left.
  @inline(__always)
  private func triple(_ place: Int) -> UnsafeMutablePointer<Int32> {
    let bytes = content + place
    let word = UInt32(bytes[0]) | UInt32(bytes[1]) &<< 8 | UInt32(bytes[2]) &<< 16
    return memory.triples
      + Int((word &* 0x1E35_A7BD) &>> UInt32(32 &- SearchMemory.tripleBits))
  }

  /// Enters the next place.
  @inline(__always)
  func enter() {
    if entered &+ parameters.hashedBytes <= count {
      let value = hash(entered)
      chains[entered & (SearchMemory.places &- 1)] = heads[value]
      heads[value] = Int32(truncatingIfNeeded: entered)
      if parameters.triples { triple(entered).pointee = Int32(truncatingIfNeeded: entered) }
    }
    entered &+= 1
  }

  /// Forgets all places that were entered.
  func forget() { floor = entered }

  /// Passes places up to `place` without entering them.
  func skip(to place: Int) { entered = place }

  /// The longest match at `place`, of those longer than `previous`; all earlier places that an encoder
  /// enters must be entered, and `place` not.
  ///
  /// - Parameters:
  ///   - previous: At least 2.
  ///   - chain: The number of candidates that are looked at, at least 1.
  /// - Returns: The match, or a length of `previous` and a distance of 0.
  func longest(at place: Int, previous: Int, chain: Int) -> Match {
    var best = Match(length: previous, distance: 0)
    let left = min(count &- place, Deflate.longestMatch)
    if left <= previous || left < parameters.hashedBytes { return best }
    var candidate = Int(heads[hash(place)])
    // A place that was entered too early is passed.
    while candidate >= place { candidate = Int(chains[candidate & (SearchMemory.places &- 1)]) }
    var remaining = chain
    let nice = min(parameters.nice, left)
    let limit = place &- parameters.farthest
    let here = content + place
    if parameters.triples, previous < 3 {
      let near = Int(triple(place).pointee)
      if near >= max(limit, floor), near < place, equalBytes(content + near, here, most: 3) == 3 {
        best = Match(length: 3, distance: place &- near)
      }
    }
    // zlib takes the first candidate at the limit too, and none at the content's beginning.
    if candidate < limit || candidate < floor { return best }
    if candidate == 0, !parameters.inclusive { return best }
    let last = max(parameters.inclusive ? max(limit, 0) : max(limit, 0) &+ 1, floor)
    while true {
      // `candidate` is at least 0 and before `place`, so that `left` bytes follow both.
      let there = content + candidate
      work &+= 1
      if there[best.length] == here[best.length],
        there[best.length &- 1] == here[best.length &- 1], there[0] == here[0]
      {
        let length = equalBytes(there, here, most: left)
        if length > best.length {
          best = Match(length: length, distance: place &- candidate)
          if length >= nice { break }
        }
      }
      remaining &-= 1
      if remaining == 0 { break }
      let next = Int(chains[candidate & (SearchMemory.places &- 1)])
      // A slot that a later place has overwritten leads forward: the chain ends there.
      if next < last || next >= candidate { break }
      candidate = next
    }
    return best
  }

  /// Visits the candidates of `place`, nearest first, whose first `length` bytes are those of `place`.
  ///
  /// - Parameters:
  ///   - length: At least `hashedBytes` and at most what is left of the content.
  ///   - visit: Takes a candidate's distance and says whether to go on.
  func visitCandidates(at place: Int, length: Int, _ visit: (Int) -> Bool) {
    guard place &+ parameters.hashedBytes <= count else { return }
    let slot = place & (SearchMemory.places &- 1)
    var candidate = Int(entered > place ? chains[slot] : heads[hash(place)])
    for _ in 0..<ChainSearch.mostVisits {
      if candidate < 0 || candidate >= place || place &- candidate > Deflate.farthest { return }
      work &+= 1
      if equalBytes(content + candidate, content + place, most: length) == length,
        !visit(place &- candidate)
      {
        return
      }
      let next = Int(chains[candidate & (SearchMemory.places &- 1)])
      if next >= candidate { return }
      candidate = next
    }
  }

  /// The number of candidates that ``visitCandidates(at:length:_:)`` looks at.
  private static let mostVisits = 4096

  /// How far the match at `place` with `distance` could begin earlier, at most `most` bytes.
  func backward(_ distance: Int, at place: Int, most: Int) -> Int {
    var count = 0
    // Both places stay at or above 0.
    let most = min(most, place - distance)
    while count < most, content[place - 1 - count] == content[place - 1 - count - distance] {
      count += 1
    }
    return count
  }

  /// The repetition of the byte before `place`.
  func run(at place: Int) -> Match {
    if place == 0 { return Match(length: 0, distance: 1) }
    let left = min(count - place, Deflate.longestMatch)
    let length = equalBytes(content + place - 1, content + place, most: left)
    return Match(length: length, distance: 1)
  }
}
