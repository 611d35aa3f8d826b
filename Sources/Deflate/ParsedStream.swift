// SPDX-License-Identifier: Apache-2.0

/// A deflate stream taken apart: all that was chosen when it was made.
struct ParsedStream {
  var content: [UInt8] = []
  var tokens: [UInt32] = []
  var blocks: [Block] = []
  /// The bits after the last block in the last byte, lowest first.
  var padding = 0
  /// The number of bytes of the stream.
  var compressedCount = 0
}

/// One block of a stream.
struct Block {
  enum Kind: Int {
    case stored = 0
    case fixed = 1
    case dynamic = 2
  }

  var kind: Kind
  var isFinal: Bool
  /// The indices of its tokens in the stream's; none in a stored block.
  var tokens: Range<Int> = 0..<0
  /// The number of its content bytes.
  var contentCount = 0
  /// The bits between a stored block's header and its length.
  var padding = 0
  /// The code of a dynamic block.
  var header = DynamicHeader()
}

/// The header of a dynamic block (RFC 1951, section 3.2.7).
struct DynamicHeader: Equatable {
  /// The number of literal and length symbols that have a length, 257 to 286.
  var literalCount = 257
  /// The number of distance symbols that have one, 1 to 30.
  var distanceCount = 1
  /// How many lengths of the code-length code are written, 4 to 19.
  var codeLengthCount = 4
  /// The lengths of the code-length code, by symbol, each 0 to 7.
  var codeLengthLengths = [UInt8](repeating: 0, count: 19)
  /// The code-length symbols as they are written.
  var operations: [LengthOperation] = []
  /// The lengths of literals and lengths, then of distances.
  var lengths: [UInt8] = []
}

/// A code-length symbol and how many lengths it stands for.
struct LengthOperation: Equatable {
  /// 0 to 15: a length; 16: the last length again; 17 and 18: zeros.
  var symbol: UInt8
  /// 1 for a length, 3 to 6 of symbol 16, 3 to 10 of 17, 11 to 138 of 18.
  var count: UInt8

  /// The least count and the number of extra bits of a symbol from 16 to 18.
  static func range(of symbol: Int) -> (base: Int, extra: Int) {
    switch symbol {
    case 16: return (3, 2)
    case 17: return (3, 3)
    case 18: return (11, 7)
    default: return (1, 0)
    }
  }
}
