// SPDX-License-Identifier: Apache-2.0

/// Decodes the symbols of a canonical prefix code (RFC 1951, section 3.2.2).
///
/// Codes of up to ten bits are looked up in a table; longer ones are counted through their lengths.
struct PrefixDecoder {
  static let tableBits = 10
  /// Symbol × 16 + code length for each value of the next ten bits; 0 where the code is longer.
  private var table: [UInt16] = []
  /// The symbols in the order of their codes.
  private var sorted: [UInt16] = []
  /// The number of codes of each length.
  private var counts: [Int] = []

  /// Prepares the code whose lengths, 0 to 15 bits, are `lengths`.
  ///
  /// - Parameter lenient: Whether a code of one symbol, or of none, is allowed.
  /// - Throws: ``DeflateError/notDeflate`` where the lengths leave codes unused or are too many.
  init(_ lengths: ArraySlice<UInt8>, lenient: Bool) throws(DeflateError) {
    counts = [Int](repeating: 0, count: 16)
    for length in lengths { counts[Int(length)] += 1 }
    let used = lengths.count - counts[0]
    counts[0] = 0
    var left = 1
    for length in 1...15 {
      left = left * 2 - counts[length]
      if left < 0 { throw .notDeflate }
    }
    let single = used == 0 || (used == 1 && counts[1] == 1)
    if left != 0, !(lenient && single) { throw .notDeflate }
    fill(lengths)
  }

  private mutating func fill(_ lengths: ArraySlice<UInt8>) {
    var offsets = [Int](repeating: 0, count: 17)
    var codes = [Int](repeating: 0, count: 17)
    for length in 1...15 {
      offsets[length + 1] = offsets[length] + counts[length]
      codes[length + 1] = (codes[length] + counts[length]) << 1
    }
    sorted = [UInt16](repeating: 0, count: lengths.count)
    table = [UInt16](repeating: 0, count: 1 << PrefixDecoder.tableBits)
    for (symbol, byte) in lengths.enumerated() where byte != 0 {
      let length = Int(byte)
      sorted[offsets[length]] = UInt16(symbol)
      offsets[length] += 1
      let code = codes[length]
      codes[length] += 1
      if length > PrefixDecoder.tableBits { continue }
      var index = CodeTable.reversed(code, length)
      while index < table.count {
        table[index] = UInt16(symbol << 4 | length)
        index += 1 << length
      }
    }
  }

  /// Decodes one symbol, of which 15 bits must be available; nil for a code that there is not.
  @inline(__always)
  func decode(_ reader: inout BitReader) -> Int? {
    let entry = Int(table[Int(truncatingIfNeeded: reader.window) & (table.count &- 1)])
    if entry != 0 {
      reader.skip(entry & 15)
      return entry >> 4
    }
    return decodeLong(&reader)
  }

  private func decodeLong(_ reader: inout BitReader) -> Int? {
    var code = 0
    var first = 0
    var index = 0
    for length in 1...15 {
      code |= reader.take(1)
      let count = counts[length]
      if code - count < first { return Int(sorted[index + code - first]) }
      index += count
      first = (first + count) << 1
      code <<= 1
    }
    return nil
  }
}

/// The codes of a canonical prefix code, ready to be written.
struct CodeTable {
  /// For each symbol its code, first bit lowest, × 16 + its length; 0 where it has none.
  private(set) var entries: [UInt32]

  /// Makes the codes of `lengths`, each 0 to 15.
  init(_ lengths: ArraySlice<UInt8>) {
    var counts = [Int](repeating: 0, count: 17)
    for length in lengths where length != 0 { counts[Int(length)] += 1 }
    var codes = [Int](repeating: 0, count: 17)
    for length in 1...15 { codes[length + 1] = (codes[length] + counts[length]) << 1 }
    entries = [UInt32](repeating: 0, count: lengths.count)
    for (symbol, byte) in lengths.enumerated() where byte != 0 {
      let length = Int(byte)
      // Lengths that are too many overflow their bits; the mask keeps what is written well-formed.
      let code = codes[length] & (1 << length - 1)
      codes[length] += 1
      entries[symbol] = UInt32(CodeTable.reversed(code, length) << 4 | length)
    }
  }

  /// The lowest `count` bits of `code` in the opposite order.
  static func reversed(_ code: Int, _ count: Int) -> Int {
    var result = 0
    for bit in 0..<count where code >> bit & 1 != 0 { result |= 1 << (count - 1 - bit) }
    return result
  }
}
