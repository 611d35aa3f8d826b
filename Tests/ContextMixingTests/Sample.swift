import Testing

/// Contents of many kinds, made by integer arithmetic alone.
struct Sample: CustomTestStringConvertible, Sendable {
  let name: String
  let make: @Sendable (Int) -> [UInt8]

  var testDescription: String { name }

  /// The first `size` bytes of the sample.
  func bytes(_ size: Int) -> [UInt8] { Array(make(size).prefix(size)) }

  static let all: [Sample] = [
    Sample(name: "zeros") { [UInt8](repeating: 0, count: $0) },
    Sample(name: "random") { size in
      var random = SplitMix64(state: 1)
      return (0..<size).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    },
    Sample(name: "words") { size in
      let words = ["the", "mixer", "weighs", "every", "Prediction", "of", "a", "bit,", "and\n"]
      var random = SplitMix64(state: 2)
      return fill(size) { _ in Array((words[random.below(words.count)] + " ").utf8) }
    },
    Sample(name: "csv") { size in
      var random = SplitMix64(state: 3)
      return fill(size) { row in
        Array("\(row),2026-01-\(10 + row % 20),\(random.below(1000)),\(row * 37 % 256).5\n".utf8)
      }
    },
    Sample(name: "records") { size in
      var random = SplitMix64(state: 4)
      return fill(size) { row in
        [
          UInt8(truncatingIfNeeded: row), UInt8(truncatingIfNeeded: row >> 8), 0, 0x7F,
          UInt8(random.below(4)), UInt8(random.below(256)), 0xFF,
        ]
      }
    },
    Sample(name: "waves") { size in
      fill(size) { t in
        let sample = (t % 400 - 200) * (t % 400 < 200 ? 150 : -150) + t % 7
        return [UInt8(truncatingIfNeeded: sample), UInt8(truncatingIfNeeded: sample >> 8)]
      }
    },
    Sample(name: "pixels") { size in
      fill(size) { i in [UInt8(truncatingIfNeeded: (i % 64) * (i / 64) / 40)] }
    },
    Sample(name: "bits") { size in
      var random = SplitMix64(state: 5)
      return fill(size) { i in
        [i / 32 % 8 < 5 ? 0 : random.below(9) == 0 ? UInt8(1 << random.below(8)) : 0xF0]
      }
    },
  ]

  private static func fill(_ size: Int, _ next: (Int) -> [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    var index = 0
    while bytes.count < size {
      bytes += next(index)
      index += 1
    }
    return bytes
  }
}

/// SplitMix64 (Steele, Lea, Flood, 2014): the same bits on every run and machine.
struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number from 0 to `bound` - 1.
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
