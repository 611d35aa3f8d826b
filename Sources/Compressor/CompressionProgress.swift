// SPDX-License-Identifier: Apache-2.0

/// How far a compression or decompression has come.
public struct CompressionProgress: Hashable, Sendable {
  /// Bytes of content that were taken in or given out.
  public var contentBytes: Int
  /// Bytes of the archive that the content has become or came from; in the midst of a frame about so
  /// many.
  public var archiveBytes: Int

  /// Makes a state of progress, by default that of the start.
  public init(contentBytes: Int = 0, archiveBytes: Int = 0) {
    self.contentBytes = contentBytes
    self.archiveBytes = archiveBytes
  }
}

/// Called now and then; it may throw, for example a `CancellationError`, to end the work.
public typealias ProgressReport = (CompressionProgress) throws -> Void

/// Where bytes come from: up to the given number of them, at least one, or none at the end.
public typealias ByteSource = (_ limit: Int) throws -> [UInt8]

/// Where bytes go.
public typealias ByteSink = (_ bytes: [UInt8]) throws -> Void

/// Gives all that `array` holds.
func source(of array: [UInt8]) -> ByteSource {
  var rest = array[...]
  return { limit in
    defer { rest = rest.dropFirst(limit) }
    return Array(rest.prefix(limit))
  }
}
