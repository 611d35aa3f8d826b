// SPDX-License-Identifier: Apache-2.0

/// The order in which the bytes of a frame are coded.
///
/// The first ``prefix`` bytes come one after the other. The rest is cut into rounds, and a round into
/// as many pieces of one length as there are lanes; in a round the lanes take turns, a byte each. So
/// a network predicts a byte of each lane at once, when it has learned what the beginning teaches.
/// The pieces are short, so that the lanes stay near each other: what one learns is of use for all.
package struct LaneLayout: Hashable {
  /// Greatest number of lanes.
  static let greatestLaneCount = 64
  /// The prefix is about this part of the content.
  private static let prefixShare = 16
  /// Pieces are about as long as this, but for the rest that is spread over them.
  private static let pieceLength = 2048

  /// Number of lanes after the prefix; 1 if there is nothing after it.
  package let lanes: Int
  /// Bytes before the lanes.
  let prefix: Int
  /// Bytes of a piece.
  let pieceLength: Int
  /// Bytes of the content.
  private let contentSize: Int

  /// Lays out a content of `contentSize` bytes in `lanes` lanes, which are one if it is short.
  init(contentSize: Int, lanes: Int) {
    self.contentSize = contentSize
    let rest = contentSize - contentSize / Self.prefixShare
    let rounds = lanes > 1 ? rest / (lanes * Self.pieceLength) : 0
    self.lanes = rounds > 0 ? lanes : 1
    pieceLength = rounds > 0 ? rest / (lanes * rounds) : 0
    prefix = contentSize - rounds * pieceLength * lanes
  }

  /// The lanes of a network in content of the given size: one if lanes would cost much in size, or the
  /// network's weights stay in the cache anyway; fewer in large content, for which size counts most.
  ///
  /// `docs/experiments` has the measurements.
  static func lanes(contentSize: Int, weights: Int) -> Int {
    guard weights >= 1 << 17 else { return 1 }
    switch contentSize {
    case ..<(1 << 18): return 1
    case ..<(1 << 21): return 4
    default: return 2
    }
  }

  /// The position of the byte that is coded after `index` others.
  @inline(__always)
  func position(_ index: Int) -> Int {
    guard index >= prefix else { return index }
    let (round, offset) = (index - prefix).quotientAndRemainder(dividingBy: lanes * pieceLength)
    let (step, lane) = offset.quotientAndRemainder(dividingBy: lanes)
    return prefix + (round * lanes + lane) * pieceLength + step
  }

  /// Where the lanes begin the round that begins after `index` bytes, if one does.
  func starts(after index: Int) -> [Int]? {
    guard lanes > 1, index >= prefix, index < contentSize else { return nil }
    guard (index - prefix) % (lanes * pieceLength) == 0 else { return nil }
    return (0..<lanes).map { index + $0 * pieceLength }
  }
}
