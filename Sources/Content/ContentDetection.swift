// SPDX-License-Identifier: Apache-2.0

extension ContentDescription {
  /// Describes `bytes` by their statistics: for an encoder, which writes the description in its header.
  ///
  /// - Complexity: bounded: 2^16 bytes are looked at for text, 2^27 pairs for a record length; and all
  ///   bytes once for bilevel images.
  package static func detect(_ bytes: ArraySlice<UInt8>) -> ContentDescription {
    if isText(bytes.prefix(1 << 16)) { return ContentDescription(type: .text) }
    let length = recordLength(of: bytes)
    return ContentDescription(
      type: length >= 8 && isBilevel(bytes) ? .bilevel : .binary, recordLength: length)
  }

  /// Describes `bytes`.
  package static func detect(_ bytes: [UInt8]) -> ContentDescription { detect(bytes[...]) }

  /// Zeros in a row that are padding, as between the texts of a tar archive, and tell nothing.
  private static let paddingLength = 64

  /// Whether most bytes but padding are of printable characters, those beyond ASCII in well-formed UTF-8.
  static func isText(_ bytes: ArraySlice<UInt8>) -> Bool {
    var (textBytes, zeros, padding) = (0, 0, 0)
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    parsing: while true {
      switch parser.parseScalar(from: &iterator) {
      case .emptyInput: break parsing
      case .valid(let encoded) where encoded.first == 0:
        zeros += 1
        padding += zeros == paddingLength ? paddingLength : zeros > paddingLength ? 1 : 0
      case .valid(let encoded):
        zeros = 0
        let byte = encoded.first ?? 0
        let isPrintable = byte == 9 || byte == 10 || byte == 13 || byte >= 32 && byte != 127
        textBytes += isPrintable ? encoded.count : 0
      case .error: zeros = 0
      }
    }
    // Of a few texts among zeros the zeros are the content.
    return textBytes * 100 >= (bytes.count - padding) * 90 && textBytes * 4 >= bytes.count
  }

  /// Whether most bytes are eight pixels of one colour.
  private static func isBilevel(_ bytes: ArraySlice<UInt8>) -> Bool {
    var uniform = 0
    for byte in bytes where byte == 0 || byte == 0xFF { uniform += 1 }
    return uniform * 10 >= bytes.count * 7
  }

  /// How many bytes of `range` are the same as at `distance` before, and not as the one before.
  ///
  /// Eight at a time: a byte's highest bit says in `differences` that it is not 0.
  @inline(__always)
  private static func agreements(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, distance: Int
  ) -> Int {
    guard let start = bytes.baseAddress else { return 0 }
    let base = UnsafeRawPointer(start)
    let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
    func differences(_ a: UInt64, _ b: UInt64) -> UInt64 {
      let difference = a ^ b
      return (difference & low &+ low | difference) & ~low
    }
    var (count, place) = (0, range.lowerBound)
    while place &+ 8 <= range.upperBound {
      let here = (base + place).loadUnaligned(as: UInt64.self)
      let before = (base + (place &- distance)).loadUnaligned(as: UInt64.self)
      let last = (base + (place &- 1)).loadUnaligned(as: UInt64.self)
      count &+= (differences(here, last) & ~differences(here, before)).nonzeroBitCount
      place &+= 8
    }
    for i in place..<range.upperBound
    where bytes[i] == bytes[i - distance] && bytes[i] != bytes[i - 1] {
      count += 1
    }
    return count
  }

  /// The distance at which bytes most often repeat, beyond what shorter distances explain.
  static func recordLength(of bytes: ArraySlice<UInt8>) -> Int {
    let longest = min(2048, bytes.count / 4)
    guard longest >= 2 else { return 0 }
    let sampleCount = 16
    let sampleLength = min(4096, (bytes.count - longest) / sampleCount)
    guard sampleLength >= 16 else { return 0 }
    var matches = [Int](repeating: 0, count: longest + 1)
    bytes.withUnsafeBufferPointer { b in
      let stride = (bytes.count - longest - sampleLength) / (sampleCount - 1)
      for length in 1...longest {
        var count = 0
        for sample in 0..<sampleCount {
          let start = longest + sample * stride
          count += agreements(b, start..<start + sampleLength, distance: length)
        }
        matches[length] = count
      }
    }
    var best = 0
    var bestScore = 0
    for length in 2...longest {
      let score = matches[length]
      if score * 100 > bestScore * 110 {
        best = length
        bestScore = score
      }
    }
    return best
  }
}
