// SPDX-License-Identifier: Apache-2.0

import Content
import Foundation
import TestSupport
import Testing

@testable import Archive
@testable import LSTMArchive
@testable import Prediction
@testable import Serialisation
@testable import TrainedModels

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

  /// Options with the rich set of experts.
  private static func rich(_ options: PredictorOptions) -> PredictorOptions {
    var options = options
    options.expertSet = .rich
    return options
  }

  /// How each archive is made of its content.
  static let makers: [String: @Sendable ([UInt8]) throws -> [UInt8]] = [
    "untrained-text": { try compress($0, PredictorOptions(network: Samples.network)) },
    "untrained-records": { try compress($0, PredictorOptions(network: Samples.network)) },
    "untrained-bilevel": { try compress($0, PredictorOptions(network: Samples.network)) },
    "untrained-standard": { try compress($0, PredictorOptions()) },
    "untrained-medium": { try compress($0, PredictorOptions(network: .untrained)) },
    "network-text": {
      try compress($0, PredictorOptions(network: Samples.network, hasExperts: false))
    },
    "experts-text": { try compress($0, PredictorOptions(network: nil)) },
    "experts-records": { try compress($0, PredictorOptions(network: nil)) },
    "rich-text": { try compress($0, rich(PredictorOptions(network: nil))) },
    "rich-records": { try compress($0, rich(PredictorOptions(network: nil))) },
    "rich-code": { try compress($0, rich(PredictorOptions(network: nil))) },
    "rich-lanes-2": {
      try compress($0, rich(PredictorOptions(network: Samples.network, lanes: 2)))
    },
    "experts-code": { try compress($0, PredictorOptions(network: nil)) },
    "experts-bilevel": { try compress($0, PredictorOptions(network: nil)) },
    "experts-no-records": { content in
      let parts = [ContentPart(ContentDescription(type: .binary), count: content.count)]
      let group = PredictorSettings(
        PredictorOptions(network: nil), parts: parts, isAlone: true, rates: nil)
      return try Samples.frame(content, ContentSettings(parts: parts, groups: [group]))
    },
    "every-option": { content in
      var network = Samples.network
      network.layers = 2
      network.hasCoupledGates = false
      network.longestWindow = 5
      network.embeddingRowBits = 12
      network.learningRate = 1000
      return try compress(content, PredictorOptions(network: network, lanes: 3))
    },
    "lanes-2": { try compress($0, PredictorOptions(network: Samples.network, lanes: 2)) },
    "lanes-2-records": { try compress($0, PredictorOptions(network: Samples.network, lanes: 2)) },
    "lanes-4": { try compress($0, PredictorOptions(network: Samples.network, lanes: 4)) },
    "lanes-4-network": {
      try compress($0, PredictorOptions(network: Samples.network, hasExperts: false, lanes: 4))
    },
    "trained-lanes-2": {
      try TinyModels.archive($0, TinyModels.options(.one(0), hasExperts: true, lanes: 2))
    },
    "trained-lanes-4": {
      try TinyModels.archive($0, TinyModels.options(.one(1), hasExperts: false, lanes: 4))
    },
    "trained-all-lanes-2": {
      try TinyModels.archive(
        $0,
        TinyModels.options(.all, hasExperts: true, lanes: 2))
    },
    "trained-experts": {
      try TinyModels.archive($0, TinyModels.options(.none, hasExperts: true))
    },
    "skippable": { content in
      let skippable = FrameHeader(.skippable(method: 0x83, size: 5)).bytes + [1, 2, 3, 4, 5]
      return skippable + (try compress(content, PredictorOptions(network: nil))) + skippable
    },
    "stored-frames": {
      try compress($0, PredictorOptions(network: nil, hasExperts: false), frameSize: 1 << 10)
    },
  ]

  private static func compress(
    _ content: [UInt8], _ options: PredictorOptions, frameSize: Int = 1 << 16
  ) throws -> [UInt8] {
    var compressor = Compressor()
    compressor.options = options
    compressor.frameSize = frameSize
    return try compressor.compress(content)
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
    try Self.expect(TinyModels.bytes, "Tests/Golden/inputs/tiny.lstmmodel")
  }
}
