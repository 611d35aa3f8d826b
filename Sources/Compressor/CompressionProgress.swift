/// How far a compression or decompression has come.
public struct CompressionProgress: Hashable, Sendable {
  /// Bytes of content that were taken in or given out.
  public var contentBytes: Int
  /// Bytes of the archive that were given out or taken in, whole frames only.
  public var archiveBytes: Int

  /// Makes a state of progress, by default that of the start.
  public init(contentBytes: Int = 0, archiveBytes: Int = 0) {
    self.contentBytes = contentBytes
    self.archiveBytes = archiveBytes
  }
}

/// Called now and then; it may throw, for example a `CancellationError`, to end the work.
public typealias ProgressReport = (CompressionProgress) throws -> Void
