// SPDX-License-Identifier: Apache-2.0

import Serialisation

/// What a content is compared by that is not there twice.
struct ContentDigest: Equatable {
  private var count = 0
  private var checksum = Checksum()

  /// Takes in more bytes.
  mutating func update(_ bytes: [UInt8]) {
    count += bytes.count
    checksum.update(bytes)
  }

  static func == (first: ContentDigest, second: ContentDigest) -> Bool {
    first.count == second.count && first.checksum.value == second.checksum.value
  }
}
