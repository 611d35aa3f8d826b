/// Follows the last occurrence of the longest context that has occurred before.
///
/// The method of lpaq's match model (Mahoney, <https://mattmahoney.net/dc/>), of which only the
/// expected byte and the length are used.
final class MatchFinder {
  /// Bytes that must agree before a match is followed.
  static let shortestMatch = 5
  /// Bytes that are compared at most when a match is found.
  static let longestComparison = 40
  /// A match longer than this is marked as a long one.
  static let longMatch = 15

  private static let tableBits = 18
  /// Bytes that a finder holds, less one a byte of the content.
  static let requiredBytes = 4 << tableBits

  /// Every byte so far.
  private var bytes: [UInt8] = []
  /// The position after the last occurrence of each hash of ``shortestMatch`` bytes; 0 for none.
  private let positions = ZeroedBuffer<UInt32>(count: 1 << tableBits)
  /// The position in `bytes` of the expected byte, while there is a match.
  private var expectedPosition = 0
  private var length = 0

  /// 0 without a match, else 1 + the expected byte.
  var expected: UInt32 { length > 0 ? UInt32(bytes[expectedPosition]) + 1 : 0 }

  /// Whether the match is longer than ``longMatch``.
  var isLong: Bool { length > Self.longMatch }

  /// The length itself up to 12, then 13 for 13 to 15, 14 for 16 to 31 and 15 for more.
  var lengthClass: UInt32 {
    switch length {
    case ...12: UInt32(length)
    case ...15: 13
    case ...31: 14
    default: 15
    }
  }

  /// Takes in the next byte.
  func append(_ byte: UInt8) {
    if length > 0 && bytes[expectedPosition] == byte {
      length += 1
      expectedPosition += 1
    } else {
      length = 0
    }
    bytes.append(byte)
    guard bytes.count >= Self.shortestMatch else { return }
    let slot = hashOfLastBytes()
    if length == 0 {
      find(at: Int(positions.pointer[slot]))
    }
    positions.pointer[slot] = UInt32(truncatingIfNeeded: bytes.count)
  }

  private func hashOfLastBytes() -> Int {
    var hash: UInt64 = 0
    for byte in bytes[(bytes.count - Self.shortestMatch)...] {
      hash = hash << 8 | UInt64(byte)
    }
    return Int((hash &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - Self.tableBits))
  }

  private func find(at candidate: Int) {
    guard candidate > 0 else { return }
    let limit = min(Self.longestComparison, candidate)
    var agreeing = 0
    while agreeing < limit && bytes[candidate - 1 - agreeing] == bytes[bytes.count - 1 - agreeing] {
      agreeing += 1
    }
    if agreeing >= Self.shortestMatch {
      length = agreeing
      expectedPosition = candidate
    }
  }
}
