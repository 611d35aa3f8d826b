// SPDX-License-Identifier: Apache-2.0

import Archive
import Content
import Prediction
import Serialisation
import TrainedModels

/// What an archive's headers say, without decoding its content.
public struct ArchiveSummary: Hashable, Sendable {
  /// Frames with content.
  public private(set) var frames = 0
  /// Frames without content.
  public private(set) var skippableFrames = 0
  /// Bytes of content of all frames.
  public private(set) var contentBytes = 0
  /// Bytes of content that are stored as they are.
  public private(set) var storedBytes = 0
  /// Bytes of the archive.
  public private(set) var archiveBytes = 0
  /// Bytes of memory that decompression takes at most.
  public private(set) var requiredBytes = 0
  /// What predicts the frames, such as "experts+1x96@shipped model 1": each once, in the order of their
  /// first frames.
  public var predictors: [String] { settings.map(\.description) }
  /// The settings that predictors are made from, each once but for the learning rates.
  package private(set) var settings: [PredictorSettings] = []
  /// The frames with a model, in order.
  package private(set) var modelFrames: [FrameSummary] = []

  /// What the headers say of one frame.
  package struct FrameSummary: Hashable, Sendable {
    package let contentBytes: Int
    /// Bytes of plan and payload.
    package let dataBytes: Int
    package let parts: [PartSummary]
  }

  /// The names of the trained models that the frames need and that are not there.
  public private(set) var missingModels: [String] = []

  /// Reads the headers of all that `source` gives; passes over the data.
  ///
  /// - Parameter findModel: Gives the model of a ``Model/name``, or nil; the library's own is known.
  /// - Throws: ``CompressionError`` for a damaged header, damaged stored content or a truncated archive,
  ///   and whatever `source` throws. Other content's checksums are not looked at.
  public init(
    from source: @escaping ByteSource,
    findModel: @escaping @Sendable (_ name: String) throws -> Model? = { _ in nil }
  ) throws {
    try self.init(
      from: source,
      models: TrainedModelStore { digest in try findModel("\(digest)")?.trained })
  }

  package init(from source: @escaping ByteSource, models: TrainedModelStore) throws {
    var received = 0
    var reader = ByteReader { limit in
      let bytes = try source(limit)
      received += bytes.count
      return bytes
    }
    try read(&reader, models: models, checksStored: true)
    archiveBytes = received
  }

  /// Reads the headers of an archive, and nothing else of it: stored content is not checked either.
  ///
  /// - Throws: What ``init(from:findModel:)`` throws.
  package init(from archive: RandomAccessSource, models: TrainedModelStore) throws {
    var reader = archive.reader(at: 0)
    try read(&reader, models: models, checksStored: false)
    archiveBytes = archive.size
  }

  private mutating func read(
    _ reader: inout ByteReader, models: TrainedModelStore, checksStored: Bool
  ) throws {
    try CompressionError.translatingKnown {
      var isFirst = true
      while let header = try FrameHeader.next(from: &reader, isFirst: isFirst, models: models) {
        isFirst = false
        try add(header.method, from: &reader, checksStored: checksStored)
      }
    }
  }

  private mutating func add(
    _ method: FrameHeader.Method, from reader: inout ByteReader, checksStored: Bool
  ) throws {
    switch method {
    case .stored:
      frames += 1
      var stored = 0
      if checksStored {
        try StoredContent.read(&reader) { stored += $0.count }
      } else {
        stored = try StoredContent.pass(&reader).content
      }
      contentBytes += stored
      storedBytes += stored
    case .skippable(_, let size):
      skippableFrames += 1
      try reader.pass(count: size)
    case .model(let groups, let content, let payloadSize, let checksum):
      frames += 1
      contentBytes += content.size
      let layout = try FrameLayout(
        groups, content: content, payloadSize: payloadSize, contentChecksum: checksum,
        from: &reader)
      requiredBytes = max(requiredBytes, layout.requiredBytes)
      modelFrames.append(
        FrameSummary(
          contentBytes: content.size, dataBytes: content.planSize + payloadSize,
          parts: layout.parts))
      for group in groups {
        if let missing = group.missing.map({ "\($0)" }) {
          if !missingModels.contains(missing) { missingModels.append(missing) }
        } else if !settings.contains(where: { $0.description == group.description }) {
          settings.append(group)
        }
      }
      try reader.pass(count: payloadSize)
    }
  }
}

extension PredictorSettings {
  /// What predicts, without the learning rates.
  fileprivate var description: String {
    let model = trained.map { "@\($0.model.reference)" } ?? ""
    let network = mainNetwork.map { "\($0.layers)x\($0.cells)\(model)" }
    let experts = hasExperts ? "experts\(network == nil ? model : "")" : nil
    return [experts, network].compactMap { $0 }.joined(separator: "+")
  }
}
