import Contexts
import Foundation
import LSTM
import Testing

@testable import Compressor

/// The archives of `Tests/Golden` that only the library can make, byte for byte.
///
/// With LSTMZIP_UPDATE_GOLDEN=1 they are written anew; `Tests/Golden/check --update` brings the manifest
/// up to date then.
@Suite(.serialized) struct GoldenTests {
  /// A line of the manifest.
  struct Entry: CustomStringConvertible, Sendable {
    let name: String
    let maker: String
    let source: String

    var description: String { name }
  }

  /// The repository.
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static let isUpdate = ProcessInfo.processInfo.environment["LSTMZIP_UPDATE_GOLDEN"] == "1"
  static let isLong = ProcessInfo.processInfo.environment["LSTMZIP_LONG_TESTS"] != nil || isUpdate

  static func read(_ path: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: root.appending(path: path)))
  }

  /// Compares with a golden file, or writes it.
  static func expect(_ bytes: [UInt8], _ path: String) throws {
    if isUpdate { try Data(bytes).write(to: root.appending(path: path)) }
    #expect(try read(path) == bytes)
  }

  /// The entries whose archives the library makes.
  static let entries: [Entry] = {
    let text = (try? read("Tests/Golden/MANIFEST.tsv")) ?? []
    return String(decoding: text, as: UTF8.self).split(separator: "\n").dropFirst().map {
      let fields = $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      return Entry(name: fields[0], maker: fields[1], source: fields[3])
    }.filter { $0.maker.hasPrefix("library") }
  }()

  /// A content as the manifest names it: a file, an offset and a size.
  static func content(_ source: String) throws -> [UInt8] {
    let fields = source.split(separator: ":")
    let offset = try #require(Int(fields[1]))
    let size = try #require(Int(fields[2]))
    return Array(try read(String(fields[0]))[offset..<offset + size])
  }

  /// How each archive is made of its content.
  static let makers: [String: @Sendable ([UInt8]) throws -> [UInt8]] = [
    "nothing-text": { try compress($0, Model(network: Samples.network)) },
    "nothing-records": { try compress($0, Model(network: Samples.network)) },
    "nothing-bilevel": { try compress($0, Model(network: Samples.network)) },
    "nothing-standard": { try compress($0, Model()) },
    "nothing-companion": { try compress($0, Model(network: TrainedStart.companion)) },
    "network-text": { try compress($0, Model(network: Samples.network, hasExperts: false)) },
    "experts-text": { try compress($0, Model(network: nil)) },
    "experts-records": { try compress($0, Model(network: nil)) },
    "experts-code": { try compress($0, Model(network: nil)) },
    "experts-bilevel": { try compress($0, Model(network: nil)) },
    "experts-no-records": { content in
      let detected = Configuration(kind: .binary, contentSize: content.count)
      return try frame(
        content,
        ModelDescription(
          Model(network: nil), content: content, detected: detected, rates: nil))
    },
    "every-option": { content in
      var network = Samples.network
      network.layers = 2
      network.hasCoupledGates = false
      network.longestWindow = 5
      network.embeddingRowBits = 12
      network.learningRate = 1000
      return try compress(content, Model(network: network, lanes: 3))
    },
    "lanes-2": { try compress($0, Model(network: Samples.network, lanes: 2)) },
    "lanes-2-records": { try compress($0, Model(network: Samples.network, lanes: 2)) },
    "lanes-4": { try compress($0, Model(network: Samples.network, lanes: 4)) },
    "lanes-4-network": {
      try compress($0, Model(network: Samples.network, hasExperts: false, lanes: 4))
    },
    "trained-lanes-2": {
      try TrainedModels.archive($0, TrainedModels.model(network: 0, hasExperts: true, lanes: 2))
    },
    "trained-lanes-4": {
      try TrainedModels.archive($0, TrainedModels.model(network: 1, hasExperts: false, lanes: 4))
    },
    "trained-all-lanes-2": {
      try TrainedModels.archive(
        $0,
        TrainedModels.model(network: TrainedStart.allNetworks, hasExperts: true, lanes: 2))
    },
    "trained-experts": {
      try TrainedModels.archive($0, TrainedModels.model(network: nil, hasExperts: true))
    },
    "skippable": { content in
      let skippable = FrameHeader(.skippable(kind: 0x83, size: 5)).bytes + [1, 2, 3, 4, 5]
      return skippable + (try compress(content, Model(network: nil))) + skippable
    },
    "stored-frames": {
      try compress($0, Model(network: nil, hasExperts: false), frameSize: 1 << 10)
    },
  ]

  private static func compress(
    _ content: [UInt8], _ model: Model, frameSize: Int = 1 << 16
  ) throws -> [UInt8] {
    var compressor = Compressor()
    compressor.model = model
    compressor.frameSize = frameSize
    return try compressor.compress(content)
  }

  /// An archive of one frame with the given description.
  private static func frame(
    _ content: [UInt8], _ description: ModelDescription
  ) throws -> [UInt8] {
    let payload = try FrameCoder.encode(content, model: description, threads: 1) { _, _ in }
    let header = FrameHeader(
      .model(
        description, contentSize: content.count, payloadSize: payload.count,
        contentChecksum: Checksum.of(content)))
    return header.bytes + payload
  }

  @Test func everyEntryHasAMaker() {
    #expect(Self.entries.map(\.name).sorted() == Self.makers.keys.sorted())
  }

  @Test(arguments: entries.filter { isLong || $0.maker == "library" })
  func archivesAreTheSame(entry: Entry) throws {
    let make = try #require(Self.makers[entry.name])
    try Self.expect(
      make(Self.content(entry.source)), "Tests/Golden/archives/\(entry.name).lstm")
  }

  /// Training gives the same model, to the last bit.
  @Test func trainingIsTheSame() throws {
    try Self.expect(TrainedModels.bytes, "Tests/Golden/inputs/tiny.lstmmodel")
  }
}
