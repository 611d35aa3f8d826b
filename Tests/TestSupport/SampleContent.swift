// SPDX-License-Identifier: Apache-2.0

/// A content of one kind, made by integer arithmetic alone.
package struct SampleContent: CustomStringConvertible, Sendable {
  package let name: String
  private let make: @Sendable (Int) -> [UInt8]

  private init(_ name: String, make: @escaping @Sendable (Int) -> [UInt8]) {
    self.name = name
    self.make = make
  }

  package var description: String { name }

  /// The first `size` bytes of the sample.
  package func bytes(_ size: Int) -> [UInt8] { Array(make(size).prefix(size)) }

  package static let all: [SampleContent] = [
    SampleContent("zeros") { [UInt8](repeating: 0, count: $0) },
    SampleContent("random") { size in
      var random = SplitMix64(state: 1)
      return (0..<size).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    },
    SampleContent("words") { size in
      let words = ["the", "mixer", "weighs", "every", "Prediction", "of", "a", "bit,", "and\n"]
      var random = SplitMix64(state: 2)
      return fill(size) { _ in Array((words[random.below(words.count)] + " ").utf8) }
    },
    SampleContent("csv") { size in
      var random = SplitMix64(state: 3)
      return fill(size) { row in
        Array("\(row),2026-01-\(10 + row % 20),\(random.below(1000)),\(row * 37 % 256).5\n".utf8)
      }
    },
    SampleContent("records") { size in
      var random = SplitMix64(state: 4)
      return fill(size) { row in
        [
          UInt8(truncatingIfNeeded: row), UInt8(truncatingIfNeeded: row >> 8), 0, 0x7F,
          UInt8(random.below(4)), UInt8(random.below(256)), 0xFF,
        ]
      }
    },
    SampleContent("waves") { size in
      fill(size) { t in
        let sample = (t % 400 - 200) * (t % 400 < 200 ? 150 : -150) + t % 7
        return [UInt8(truncatingIfNeeded: sample), UInt8(truncatingIfNeeded: sample >> 8)]
      }
    },
    SampleContent("pixels") { size in
      fill(size) { i in [UInt8(truncatingIfNeeded: (i % 64) * (i / 64) / 40)] }
    },
    SampleContent("bits") { size in
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
