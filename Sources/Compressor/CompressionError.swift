// SPDX-License-Identifier: Apache-2.0

import LSTM
import Serialisation

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
    /// An option has a value out of its range.
    public static let invalidOption = Code(name: "invalidOption")
    /// This processor lacks the instruction set that was asked for.
    public static let unsupportedProcessor = Code(name: "unsupportedProcessor")
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
}

extension CompressionError {
  /// Runs `body`, and throws the errors of the modules below as this one; others stay as they are.
  package static func translatingKnown<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch {
      throw translation(of: error) ?? error
    }
  }

  /// The same where nothing else can be thrown.
  static func translating<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(CompressionError) -> Result {
    do {
      return try body()
    } catch {
      throw translation(of: error) as? CompressionError
        ?? CompressionError(.corruptContent, "\(error)")
    }
  }

  private static func translation(of error: any Error) -> (any Error)? {
    switch error {
    case let error as FormatError: CompressionError(Code(error.code), error.message)
    case let error as ConfigurationError: CompressionError(.invalidOption, error.message)
    case let error as KernelError: CompressionError(.unsupportedProcessor, error.description)
    default: nil
    }
  }
}

extension CompressionError.Code {
  fileprivate init(_ code: FormatError.Code) {
    self =
      switch code {
      case .notAnArchive: .notAnArchive
      case .unsupportedVersion: .unsupportedVersion
      case .unsupportedMethod: .unsupportedMethod
      case .unsupportedModel: .unsupportedModel
      case .truncated: .truncated
      case .corruptHeader: .corruptHeader
      case .corruptContent: .corruptContent
      case .trailingData: .trailingData
      case .invalidModelFile: .invalidModelFile
      case .missingModel: .missingModel
      case .memoryLimit: .memoryLimit
      }
  }
}
