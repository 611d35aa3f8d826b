/// Predicts the byte that followed the last occurrence of the context, while that goes well.
struct MatchModel {
  /// The number of bytes that agree before the predicted one, 0 without a match.
  private(set) var length = 0
  /// The predicted byte behind a leading one, 0 without a match.
  private(set) var expected = 0
  /// The position of the predicted byte.
  private var pointer = 0
  private let minimumLength: Int
  private let table: UnsafeMutablePointer<UInt32>
  private let tableMask: UInt64
  /// Per length class and predicted bit the probability of a one.
  private let entries: UnsafeMutablePointer<UInt32>
  /// The entry of the last prediction, or -1.
  private var index = -1

  /// Makes a model that finds matches of at least `minimumLength` (up to 64) bytes with a table of
  /// `tableSize` positions, a power of two.
  init(minimumLength: Int, tableSize: Int, arena: Arena) {
    self.minimumLength = minimumLength
    table = arena.allocate(tableSize, repeating: 0)
    tableMask = UInt64(tableSize - 1)
    entries = arena.allocate(64 * 2, repeating: AdaptiveProbability.initial)
    for bucket in 0..<64 {
      let p = UInt32(1 &<< 22) / UInt32(bucket + 4)
      entries[bucket * 2] = p &<< 10
      entries[bucket * 2 + 1] = ((1 &<< 22) - p) &<< 10
    }
  }

  /// The number of length classes.
  static let lengthClasses = 20

  /// The length in classes: exact below 16.
  @inline(__always)
  var lengthClass: Int {
    if length < 16 { return length }
    return min(15 &+ length &>> 4, Self.lengthClasses &- 1)
  }

  /// Takes in the last byte of `history`; `hash` is of its last `minimumLength` bytes.
  @inline(__always)
  mutating func append(_ history: ByteBuffer, hash: UInt64) {
    let slot = Int(truncatingIfNeeded: (hash &>> 20) & tableMask)
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

  /// Writes two inputs of a mixer; `node` is the bits of the byte so far behind a leading one, and
  /// `bitPosition` their number.
  @inline(__always)
  mutating func predict(
    _ inputs: UnsafeMutablePointer<Int16>, node: Int, bitPosition: Int, logistic: Logistic
  ) {
    index = -1
    inputs[0] = 0
    inputs[1] = 0
    if length > 0 {
      if expected &>> (8 &- bitPosition) == node {
        let bit = expected &>> (7 &- bitPosition) & 1
        index = lengthClass &* 2 &+ bit
        let p = entries[index]
        inputs[0] = logistic.stretchTable[Int(p &>> 20)]
        inputs[1] = Int16(truncatingIfNeeded: (Int(p &>> 20) &- 2048) &* 8)
      } else {
        length = 0
      }
    }
  }

  @inline(__always)
  mutating func update(bit: Int, adaptive: AdaptiveProbability) {
    if index >= 0 { adaptive.update(entries + index, bit: bit, limit: 1023) }
  }
}
