// SPDX-License-Identifier: Apache-2.0

import CZlib

/// zlib's deflate at its best level: what lstmzip is compared with.
enum ZlibBaseline {
  /// The size of `content` in zlib's format at level 9.
  static func size(of content: [UInt8]) -> Int {
    var size = compressBound(uLong(content.count))
    var result = [UInt8](repeating: 0, count: Int(size))
    // The buffer has the size that zlib asks for: the call cannot fail but for lack of memory.
    let status = compress2(&result, &size, content, uLong(content.count), Z_BEST_COMPRESSION)
    precondition(status == Z_OK, "zlib failed with \(status)")
    return Int(size)
  }
}
