// SPDX-License-Identifier: Apache-2.0

import Platform
import TrainedModels

/// A trained model: what networks and experts know before they see a content.
public struct Model: Sendable {
  package let trained: TrainedModel

  /// Reads the content of a model file, as `lstmzip train` writes it.
  ///
  /// - Throws: ``CompressionError`` with the code `invalidModelFile`.
  /// - Complexity: O(`file.count`).
  public init(_ file: [UInt8]) throws(CompressionError) {
    trained = try CompressionError.translating { try TrainedModel(ConstantBuffer(file)) }
  }

  /// Wraps a model.
  package init(_ trained: TrainedModel) {
    self.trained = trained
  }

  /// What archives call it: 16 hexadecimal digits, or "shipped model 1" for the one of the library.
  public var name: String {
    guard case .file(let digest) = trained.reference else { return "\(trained.reference)" }
    return "\(digest)"
  }
}
