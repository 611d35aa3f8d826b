/// Finds the byte that followed the last occurrence of the bytes before it.
package struct MatchFinder {
  /// The number of bytes that agree before the predicted one, 0 without a match.
  package private(set) var length = 0
  /// The predicted byte behind a leading one, 0 without a match.
  package private(set) var expected = 0
  /// The position of the predicted byte.
  private var pointer = 0
  private let minimumLength: Int
  private let table: UnsafeMutablePointer<UInt32>
  private let tableMask: UInt64

  /// The number of length classes.
  package static let lengthClasses = 20

  /// Makes a finder of matches of at least `minimumLength` (up to 64) bytes, with a table of
  /// `tableSize` positions, a power of two up to 2^20.
  init(minimumLength: Int, tableSize: Int, arena: Arena) {
    self.minimumLength = minimumLength
    table = arena.allocateZeros(tableSize)
    tableMask = UInt64(tableSize - 1)
  }

  /// Forgets the match; copies of a finder share their table.
  package mutating func abandon() {
    length = 0
    expected = 0
  }

  /// The length in classes: exact below 16.
  @inline(__always)
  package var lengthClass: Int {
    if length < 16 { return length }
    return min(15 &+ length &>> 4, Self.lengthClasses &- 1)
  }

  /// Takes in the last byte of `history`; the high bits of `hash` are of its last
  /// `minimumLength` bytes.
  @inline(__always)
  mutating func append(_ history: ByteBuffer, hash: UInt64) {
    let slot = Int(truncatingIfNeeded: (hash &>> 44) & tableMask)
    if length > 0 && history[pointer] == history[history.count &- 1] {
      length = min(length &+ 1, 65_535)
      pointer &+= 1
    } else {
      length = 0
    }
    if length == 0 {
      pointer = Int(table[slot])
      if pointer > 0 && history.holds(pointer) {
        while length < 64 && pointer > length && history.holds(pointer &- length &- 1)
          && history[pointer &- length &- 1] == history[history.count &- length &- 1]
        { length &+= 1 }
        if length < minimumLength { length = 0 }
      }
    }
    table[slot] = UInt32(truncatingIfNeeded: history.count)
    expected = length > 0 ? Int(history[pointer]) | 256 : 0
  }
}
