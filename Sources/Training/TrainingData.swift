// SPDX-License-Identifier: Apache-2.0

import LSTM
import Platform
import Serialisation

/// The bytes that a network is trained on: files, cut into pieces that are shown in another order in
/// each pass.
package struct TrainingData: Sendable {
  /// A part of a file.
  struct Piece: Sendable {
    var file: Int
    var range: Range<Int>
    /// Whether it begins the file: then the network starts anew, as it does at the start of a content.
    var isStart: Bool { range.lowerBound == 0 }
  }

  /// Greatest length of a piece: short, so that the lanes see many files at once.
  static let pieceLength = 1 << 15

  /// The files' contents.
  let files: [[UInt8]]
  /// All pieces, in the order of the files; their lengths are multiples of the window's.
  let pieces: [Piece]
  /// The digest of all files, in their order.
  let digest: Digest
  /// Steps of the windows that the pieces are cut for.
  let windowSteps: Int
  /// Bytes of all pieces.
  package let byteCount: Int

  /// Cuts `files`; what is left of a file after its last whole window is not shown.
  package init(files: [[UInt8]], windowSteps: Int) {
    self.files = files
    self.windowSteps = windowSteps
    let windowSteps = max(1, min(windowSteps, Self.pieceLength))
    digest = Digest(of: files.flatMap { Digest(of: $0).value.littleEndianBytes })
    var pieces: [Piece] = []
    let length = Self.pieceLength / windowSteps * windowSteps
    for (index, file) in files.enumerated() {
      let end = file.count / windowSteps * windowSteps
      for start in stride(from: 0, to: end, by: length) {
        pieces.append(Piece(file: index, range: start..<min(start + length, end)))
      }
    }
    self.pieces = pieces
    byteCount = pieces.map(\.range.count).reduce(0, +)
  }

  /// The order of the pieces in a pass.
  func order(pass: Int, seed: UInt64) -> [Int] {
    var generator = RandomGenerator(seed: seed &+ UInt64(pass) &* 0x9E37_79B9_7F4A_7C15)
    var order = Array(pieces.indices)
    for index in stride(from: order.count - 1, to: 0, by: -1) {
      order.swapAt(index, generator.below(index + 1))
    }
    return order
  }

  /// Reads files and, in the order of their names, all files below folders.
  ///
  /// - Throws: ``FileFailure`` if a file or a folder cannot be read.
  package static func contents(of paths: [FileName]) throws -> [[UInt8]] {
    try paths.flatMap { try FileTree.regularFiles(below: $0) }.map { try WholeFile.read($0) }
  }
}
