// SPDX-License-Identifier: Apache-2.0

import CTrainedModel
import LSTM
import Platform
import Serialisation
import Synchronization

/// A trained model, and how archives name it.
package final class TrainedModel: Sendable {
  /// What archives name it.
  package let reference: TrainedModelReference
  /// The networks, their table, and what the experts start with.
  package let file: TrainedModelFile

  /// Reads a model file.
  ///
  /// - Throws: ``FormatError`` with the code `invalidModelFile`.
  /// - Complexity: O(`file.count`), for its digest.
  package init(_ file: ConstantBuffer<UInt8>) throws(FormatError) {
    self.file = try TrainedModelFile(file)
    reference = .file(Digest(of: UnsafeRawBufferPointer(file.values)))
  }

  private init(shipped number: UInt8, _ file: TrainedModelFile) {
    reference = .shipped(number)
    self.file = file
  }

  /// The number of the model that is used unless another one is asked for.
  package static let standardNumber: UInt8 = 1

  private static let standard = Result { () throws(FormatError) in
    try TrainedModel(embedded: standardNumber)
  }

  /// The model that is used unless another one is asked for.
  ///
  /// - Throws: ``FormatError`` with the code `invalidModelFile` if the program was built with a damaged
  ///   one.
  package static func shipped() throws(FormatError) -> TrainedModel { try standard.get() }

  private convenience init(embedded number: UInt8) throws(FormatError) {
    var size = 0
    guard let model = lstmzip_model(Int32(number), &size) else {
      throw .invalidModelFile("the program has none")
    }
    let memory = ConstantBuffer(pointer: model, count: size, owner: nil)
    self.init(shipped: number, try TrainedModelFile(memory))
  }
}

extension TrainedModel: Hashable {
  /// Whether archives name both alike.
  package static func == (a: TrainedModel, b: TrainedModel) -> Bool { a.reference == b.reference }

  /// Hashes what is compared.
  package func hash(into hasher: inout Hasher) { hasher.combine(reference) }
}

/// How an archive names the model that its networks and experts start with.
package enum TrainedModelReference: Hashable, Sendable, CustomStringConvertible {
  /// A model that is part of the program, by its number.
  case shipped(UInt8)
  /// A model file, by its digest.
  case file(Digest)

  /// "shipped model 1", or the digest.
  package var description: String {
    switch self {
    case .shipped(let number): "shipped model \(number)"
    case .file(let digest): "model \(digest)"
    }
  }
}

/// Finds the models that archives name.
package struct TrainedModelStore: Sendable {
  private let find: @Sendable (Digest) throws -> TrainedModel?
  private let last = LastModel()

  /// The model that was found last: the frames of an archive name the same one.
  private final class LastModel: Sendable {
    let model = Mutex<TrainedModel?>(nil)
  }

  /// Makes a store of the shipped models and those that `find` has.
  package init(find: @escaping @Sendable (Digest) throws -> TrainedModel? = { _ in nil }) {
    self.find = find
  }

  /// The model with the given name; nil if it is not there.
  ///
  /// - Throws: ``FormatError`` if the shipped one is damaged, and what looking for a file throws.
  package func model(_ reference: TrainedModelReference) throws -> TrainedModel? {
    switch reference {
    case .shipped(let number):
      return number == TrainedModel.standardNumber ? try TrainedModel.shipped() : nil
    case .file(let digest):
      return try last.model.withLock { last in
        if let last, last.reference == reference { return last }
        guard let found = try find(digest) else { return nil }
        last = found
        return found
      }
    }
  }
}
