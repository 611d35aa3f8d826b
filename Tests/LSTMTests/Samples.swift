/// Deterministic inputs of tests.
enum Samples {
  /// Words, line feeds, runs and random bytes, so that matches, words and collisions occur.
  static func mixed(count: Int) -> [UInt8] {
    let words = ["the", "cell", "Gate", "forgets", "an", "output", "of", "memory", "\u{E9}t\u{E9}"]
    var state: UInt64 = 12345
    func next(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }
    var bytes: [UInt8] = []
    while bytes.count < count {
      switch next(12) {
      case 0: bytes.append(UInt8(ascii: "\n"))
      case 1: bytes += [UInt8](repeating: UInt8(next(256)), count: Int(next(50)))
      case 2: bytes += (0..<next(6)).map { _ in UInt8(next(256)) }
      default: bytes += Array(words[Int(next(UInt64(words.count)))].utf8) + [UInt8(ascii: " ")]
      }
    }
    return Array(bytes.prefix(count))
  }
}
