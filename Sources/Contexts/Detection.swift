extension Configuration {
  /// Chooses a configuration for `bytes`: for an encoder, which writes it in its header.
  public static func detect(_ bytes: [UInt8]) -> Configuration {
    var configuration = Configuration(contentSize: bytes.count)
    let sample = bytes.prefix(1 << 16)
    configuration.kind = textBytes(in: sample) * 100 >= sample.count * 90 ? .text : .binary
    if configuration.kind == .binary { configuration.recordLength = recordLength(of: bytes) }
    if configuration.kind == .binary && configuration.recordLength >= 8 && isBilevel(bytes) {
      configuration.kind = .bilevel
    }
    return configuration
  }

  /// The number of bytes of printable characters, of those beyond ASCII in well-formed UTF-8.
  private static func textBytes(in bytes: ArraySlice<UInt8>) -> Int {
    var count = 0
    var decoder = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    while true {
      switch decoder.parseScalar(from: &iterator) {
      case .emptyInput: return count
      case .error: continue
      case .valid(let encoded):
        if encoded.count > 1 {
          count += encoded.count
        } else if let byte = encoded.first {
          count += byte == 9 || byte == 10 || byte == 13 || byte &- 32 < 95 ? 1 : 0
        }
      }
    }
  }

  /// Whether most bytes are eight pixels of one colour.
  private static func isBilevel(_ bytes: [UInt8]) -> Bool {
    var uniform = 0
    for byte in bytes where byte == 0 || byte == 0xFF { uniform += 1 }
    return uniform * 10 >= bytes.count * 7
  }

  /// The distance at which bytes most often repeat, beyond what shorter distances explain.
  static func recordLength(of bytes: [UInt8]) -> Int {
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
          for i in start..<start + sampleLength where b[i] == b[i - length] && b[i] != b[i - 1] {
            count += 1
          }
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
