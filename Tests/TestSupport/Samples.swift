// SPDX-License-Identifier: Apache-2.0

/// Deterministic inputs of tests.
package enum Samples {
  /// One sentence, again and again.
  package static func text(_ count: Int) -> [UInt8] {
    let sentence = Array("The cell remembers what the forget gate lets it keep. ".utf8)
    return (0..<count).map { sentence[$0 % sentence.count] }
  }

  package static func random(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
  }

  /// Records of eight bytes.
  package static func records(_ count: Int) -> [UInt8] {
    let noise = random(count, seed: 9)
    return (0..<count).map { index in
      index % 8 == 3 ? noise[index] & 3 : [0, 1, 128, 0, 255, 7, 0, 0][index % 8]
    }
  }

  /// Words, line feeds, runs, records and random bytes, so that matches, words and collisions occur.
  package static func mixed(count: Int, seed: UInt64 = 12345) -> [UInt8] {
    let words = ["the", "cell", "Gate", "forgets", "an", "output", "of", "memory", "\u{E9}t\u{E9}"]
    var state = seed
    func next(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }
    var bytes: [UInt8] = []
    while bytes.count < count {
      switch next(14) {
      case 0: bytes.append(UInt8(ascii: "\n"))
      case 1: bytes += [UInt8](repeating: UInt8(next(256)), count: Int(next(50)))
      case 2: bytes += (0..<next(6)).map { _ in UInt8(next(256)) }
      case 3: bytes += [0, 1, UInt8(next(9)), 0, 0, 0x80, UInt8(next(3)), 0]
      default: bytes += Array(words[Int(next(UInt64(words.count)))].utf8) + [UInt8(ascii: " ")]
      }
    }
    return Array(bytes.prefix(count))
  }

  /// A source that gives `bytes` in pieces of changing size, none over the limit it is called with.
  package static func pieces(of bytes: [UInt8]) -> (Int) -> [UInt8] {
    var rest = bytes[...]
    var sizes = random(64, seed: 7).map { Int($0) % 37 + 1 }[...]
    return { limit in
      let size = min(limit, sizes.popFirst() ?? 5)
      defer { rest = rest.dropFirst(size) }
      return Array(rest.prefix(size))
    }
  }
}
