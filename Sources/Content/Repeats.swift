// SPDX-License-Identifier: Apache-2.0

/// Bytes that repeat earlier ones and are not coded.
package struct Repeat: Hashable, Sendable {
  /// Bytes between the repeat before, or the beginning, and this one.
  package var gap: Int
  package var length: Int
  /// How far back the same bytes are; less than the length in a run.
  package var distance: Int

  /// Makes a repeat.
  package init(gap: Int, length: Int, distance: Int) {
    self.gap = gap
    self.length = length
    self.distance = distance
  }
}

/// Finds long repeats: models would predict them almost for sure, but at the usual speed.
///
/// The hashes of all blocks are known, and a hash that rolls over the bytes is looked up at each (Karp and
/// Rabin, "Efficient randomized pattern-matching algorithms", 1987).
enum RepeatFinder {
  /// Shorter repeats are left to the models, which then take hardly more bytes than a repeat does.
  static let shortest = 32_768
  private static let block = 512
  private static let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// The repeats of `bytes`, in order.
  ///
  /// - Complexity: O(`bytes.count`).
  static func find(_ bytes: [UInt8]) -> [Repeat] {
    guard bytes.count > block + shortest else { return [] }
    return bytes.withUnsafeBufferPointer { find($0) }
  }

  private static func find(_ bytes: UnsafeBufferPointer<UInt8>) -> [Repeat] {
    let bits = Int.bitWidth - (bytes.count / block).leadingZeroBitCount + 1
    var table = [UInt32](repeating: .max, count: 1 << bits)
    var repeats: [Repeat] = []
    /// What the oldest byte of a block adds to its hash.
    var oldest: UInt64 = 1
    for _ in 0..<block - 1 { oldest = oldest &* multiplier }
    func hash(at place: Int) -> UInt64 {
      bytes[place..<place + block].reduce(0) { $0 &* multiplier &+ UInt64($1) + 1 }
    }
    func slot(_ hash: UInt64) -> Int { Int((hash &* multiplier) >> UInt64(64 - bits)) }
    /// Where the bytes begin that no repeat has yet, and where the next block to be known begins.
    var (start, nextBlock, place) = (0, 0, 0)
    var rolling = hash(at: 0)
    let last = bytes.count - block
    while place < last {
      let candidate = table[slot(rolling)]
      if candidate != .max {
        let distance = place - Int(candidate)
        let end = agreement(bytes, from: place, distance: distance)
        var first = place
        while first > start, first > distance, bytes[first - 1] == bytes[first - 1 - distance] {
          first -= 1
        }
        let isLong = end - first >= shortest
        if isLong {
          repeats.append(Repeat(gap: first - start, length: end - first, distance: distance))
          start = end
        }
        // What agrees is known already; the hash of a block that does not was another's by chance.
        let next = isLong ? end : end - block + 1
        if next > place {
          place = next
          guard place < last else { break }
          nextBlock = max(nextBlock, (place + block - 1) / block * block)
          rolling = hash(at: place)
          continue
        }
      }
      if place == nextBlock {
        table[slot(rolling)] = UInt32(truncatingIfNeeded: place)
        nextBlock += block
      }
      rolling =
        (rolling &- (UInt64(bytes[place]) + 1) &* oldest) &* multiplier
        &+ UInt64(bytes[place + block]) + 1
      place += 1
    }
    return repeats
  }

  /// Where the bytes from `place` on no longer equal those at `distance` before.
  private static func agreement(
    _ bytes: UnsafeBufferPointer<UInt8>, from place: Int, distance: Int
  ) -> Int {
    var end = place
    while end < bytes.count, bytes[end] == bytes[end - distance] { end += 1 }
    return end
  }
}

extension [Repeat] {
  /// The bytes that are left when the repeats are taken out of `bytes`.
  func removed(from bytes: [UInt8]) -> [UInt8] {
    var (result, place) = ([UInt8](), 0)
    for next in self {
      result += bytes[place..<place + next.gap]
      place += next.gap + next.length
    }
    return result + bytes[place...]
  }

  /// The parts that are left when the repeats are taken out of what `parts` make up.
  func removed(from parts: [ContentPart]) -> [ContentPart] {
    var result: [ContentPart] = []
    var rest = self[...]
    /// Bytes up to the next repeat's beginning, and then to its end.
    var (gap, length) = (rest.first?.gap ?? .max, rest.first?.length ?? 0)
    for part in parts {
      var left = part.count
      while left > 0 {
        let kept = Swift.min(left, gap)
        result.append(joining: ContentPart(part.description, count: kept, group: part.group))
        left -= kept
        gap -= kept
        let skipped = Swift.min(left, length)
        left -= skipped
        length -= skipped
        if gap == 0 && length == 0 {
          rest = rest.dropFirst()
          (gap, length) = (rest.first?.gap ?? .max, rest.first?.length ?? 0)
        }
      }
    }
    return result
  }

  /// Puts the repeats back: the inverse of ``removed(from:)``.
  ///
  /// The repeats must be within `bytes`: see ``ContentPlan``.
  func restored(to bytes: [UInt8], count: Int) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(count)
    var place = 0
    for next in self {
      result += bytes[place..<place + next.gap]
      place += next.gap
      var left = next.length
      while left > 0 {
        let first = result.count - next.distance
        let piece = Swift.min(left, next.distance)
        result += [UInt8](result[first..<first + piece])
        left -= piece
      }
    }
    return result + bytes[place...]
  }
}
