// SPDX-License-Identifier: Apache-2.0

/// Finds for each length the nearest match, in binary trees of the content's strings.
///
/// Each tree holds the places of one hash value, sorted by what follows them, the latest at the root, as
/// in Bell's "Better OPM/L text compression" (1986). The search for a place also enters it, so that
/// places must be taken in order. Memory: 4 bytes for each of 65536 hash values, 8 for each place of the
/// window.
final class TreeSearch {
  private let content: UnsafePointer<UInt8>
  private let count: Int
  private let heads: UnsafeMutablePointer<Int32>
  /// For each place of the window the roots of what is smaller and of what is greater.
  private let sons: UnsafeMutablePointer<Int32>
  /// The place that is entered next.
  private(set) var entered = 0
  /// The number of strings compared.
  private(set) var work = 0

  /// Twice the farthest distance, so that no place that can be reached shares another's slot.
  private static let window = 65536
  private static let hashBits = 16
  /// The number of strings that a search compares.
  private static let depth = 128

  /// Creates a search in `content`, which must outlive it and have fewer than 2³¹ bytes.
  init(_ content: UnsafeBufferPointer<UInt8>) {
    // An empty content is never read.
    self.content = content.baseAddress ?? UnsafePointer(bitPattern: 1).unsafelyUnwrapped
    count = content.count
    heads = .allocate(capacity: 1 << TreeSearch.hashBits)
    heads.initialize(repeating: -1, count: 1 << TreeSearch.hashBits)
    sons = .allocate(capacity: 2 * TreeSearch.window)
    sons.initialize(repeating: -1, count: 2 * TreeSearch.window)
  }

  deinit {
    heads.deallocate()
    sons.deallocate()
  }

  /// Enters the next place and appends its matches to `matches`: each longer and farther than the one
  /// before, length × 2¹⁶ + distance.
  func enter(_ matches: inout [UInt32]) {
    let place = entered
    entered &+= 1
    let most = min(Deflate.longestMatch, count &- place)
    if most < Deflate.shortestMatch { return }
    let here = content + place
    let key = UInt32(here[0]) | UInt32(here[1]) &<< 8 | UInt32(here[2]) &<< 16
    let hash = Int((key &* 0x9E37_79B1) &>> UInt32(32 &- TreeSearch.hashBits))
    var candidate = Int(heads[hash])
    heads[hash] = Int32(truncatingIfNeeded: place)
    // Where the next smaller and the next greater string go, and how long they are equal.
    var smaller = sons + (place & (TreeSearch.window &- 1)) &* 2
    var greater = smaller + 1
    var equalSmaller = 0
    var equalGreater = 0
    var longest = Deflate.shortestMatch &- 1
    var left = TreeSearch.depth
    while candidate >= 0, place &- candidate <= Deflate.farthest, left > 0 {
      left &-= 1
      // The candidate is earlier than `place`: `most` bytes follow both.
      let there = content + candidate
      let node = sons + (candidate & (TreeSearch.window &- 1)) &* 2
      var length = min(equalSmaller, equalGreater)
      length &+= equalBytes(there + length, here + length, most: most &- length)
      if length > longest {
        longest = length
        matches.append(UInt32(truncatingIfNeeded: length << 16 | (place &- candidate)))
        if length == most {
          smaller.pointee = node[0]
          greater.pointee = node[1]
          work &+= TreeSearch.depth &- left
          return
        }
      }
      if there[length] < here[length] {
        smaller.pointee = Int32(truncatingIfNeeded: candidate)
        smaller = node + 1
        candidate = Int(smaller.pointee)
        equalSmaller = length
      } else {
        greater.pointee = Int32(truncatingIfNeeded: candidate)
        greater = node
        candidate = Int(greater.pointee)
        equalGreater = length
      }
    }
    work &+= TreeSearch.depth &- left
    smaller.pointee = -1
    greater.pointee = -1
  }
}
