/// Why data could not be compressed or restored.
///
/// A structure with an extensible code, so that codes can be added without breaking callers.
public struct CompressionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of failure.
  public struct Code: Hashable, Sendable {
    private let name: String

    /// The data does not begin with a frame's magic number.
    public static let notAnArchive = Code(name: "notAnArchive")
    /// A frame has a format version that this version does not know.
    public static let unsupportedVersion = Code(name: "unsupportedVersion")
    /// A frame has a method that this version does not know.
    public static let unsupportedMethod = Code(name: "unsupportedMethod")
    /// A frame's model has fields that this version does not know, or values out of its limits.
    public static let unsupportedModel = Code(name: "unsupportedModel")
    /// The data ends within a frame.
    public static let truncated = Code(name: "truncated")
    /// A frame's header contradicts its checksum or the format.
    public static let corruptHeader = Code(name: "corruptHeader")
    /// A frame's content contradicts its checksum or the format.
    public static let corruptContent = Code(name: "corruptContent")
    /// After a whole frame comes something that is not a frame.
    public static let trailingData = Code(name: "trailingData")
    /// A model file contradicts its form.
    public static let invalidModelFile = Code(name: "invalidModelFile")
    /// A frame was made with a trained model that is not there.
    public static let missingModel = Code(name: "missingModel")
    /// A frame needs more memory than the limit allows.
    public static let memoryLimit = Code(name: "memoryLimit")
  }

  /// The kind of failure.
  public let code: Code
  /// What happened, in one line without a full stop.
  public let message: String

  /// The message.
  public var description: String { message }

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  static let truncated = CompressionError(.truncated, "the archive is truncated")
  static let corruptContent = CompressionError(
    .corruptContent, "the archive is corrupt: the content does not match its checksum")
  static func invalidModelFile(_ detail: String) -> CompressionError {
    CompressionError(.invalidModelFile, "the model file is not valid: \(detail)")
  }
  static func corruptHeader(_ detail: String) -> CompressionError {
    CompressionError(.corruptHeader, "the archive is corrupt: \(detail)")
  }
}
