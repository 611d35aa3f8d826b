// SPDX-License-Identifier: Apache-2.0

import LSTMArchive
import Platform

/// How a content is compressed so that it fits into memory.
struct MemoryPlan {
  /// What a process takes besides the frames.
  private static let rest = 24 << 20
  /// Smaller frames hardly take less memory, but much more time and space.
  private static let leastFrame = 1 << 16

  private(set) var frameSize: Int
  private(set) var threads: Int

  /// Finds threads, and if need be a frame size, that take no more memory than there is.
  ///
  /// Fewer threads make the same archive. Smaller frames make a larger one: they are chosen only if the
  /// user gave the limit.
  ///
  /// - Parameters:
  ///   - contentSize: The content's bytes, if they are known.
  ///   - limit: The limit that the user gave, if so.
  ///   - sharing: How many files are compressed side by side.
  /// - Throws: ``FileError`` if nothing fits.
  init(
    _ compressor: Compressor, contentSize: Int?, limit: Int?, threads: Int, sharing: Int
  ) throws {
    let system = SystemMemory.allowance
    let allowance = limit.map { SystemMemory.Allowance(bytes: $0, source: "--memory") } ?? system
    let available = allowance.bytes / sharing - Self.rest
    frameSize = compressor.frameSize
    self.threads = threads
    func required(frameSize: Int) throws -> Int {
      let largest = min(contentSize ?? frameSize, frameSize)
      let frames = contentSize.map { ($0 + frameSize - 1) / frameSize } ?? threads
      let one = try compressor.requiredBytes(contentSize: max(largest, 1))
      return one * min(max(frames, 1), self.threads)
    }
    func required() throws -> Int { try required(frameSize: frameSize) }
    while try required() > available {
      if self.threads > 1 {
        self.threads -= 1
      } else if limit != nil && frameSize > Self.leastFrame {
        // Whole frames of a size that is a power of two; what is over the content changes nothing.
        frameSize = min(frameSize, Self.powerOfTwo(notBelow: contentSize ?? frameSize)) / 2
        frameSize = max(frameSize, Self.leastFrame)
      } else {
        let needed = (try required() + Self.rest) >> 20
        let fitsInPieces = try required(frameSize: Self.leastFrame) <= available
        throw FileError(
          """
          compressing it takes \(needed) MiB of memory, and \(allowance.source) leaves \
          \(max(0, allowance.bytes / sharing) >> 20) MiB; a lower level takes less\
          \(fitsInPieces ? ", and so do smaller frames: --memory, --frame-size" : "")
          """)
      }
    }
  }

  private static func powerOfTwo(notBelow size: Int) -> Int {
    guard size > 1 else { return 1 }
    return 1 << (Int.bitWidth - (size - 1).leadingZeroBitCount)
  }
}
