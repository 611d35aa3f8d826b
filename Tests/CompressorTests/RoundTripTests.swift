// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Archive
@testable import LSTMArchive
@testable import Prediction

@Suite struct RoundTripTests {
  static let sizes = [0, 1, 2, 3, 40, 255, 256, 257, 1023, 1024, 1025, 2048, 2500]

  @Test(arguments: sizes)
  func textComesBack(size: Int) throws {
    let content = Samples.text(size)
    let archive = try Samples.compressor().compress(content)
    #expect(try Decompressor().decompress(archive) == content)
    if size > 1000 { #expect(archive.count < size / 2) }
  }

  @Test(arguments: sizes)
  func randomBytesGrowLittle(size: Int) throws {
    let content = Samples.random(size)
    let archive = try Samples.compressor().compress(content)
    #expect(try Decompressor().decompress(archive) == content)
    #expect(archive.count - size <= 20)
  }

  @Test func storedAndCompressedFramesMix() throws {
    let content =
      Samples.random(2048) + Samples.text(1024) + Samples.random(1024, seed: 3) + Samples.text(600)
    let archive = try Samples.compressor().compress(content)
    #expect(try Decompressor().decompress(archive) == content)
    #expect(try ArchiveSummary(from: Samples.pieces(of: archive)).frames == 4)
  }

  @Test func piecesDoNotMatter() throws {
    let content = Samples.text(1500) + Samples.random(1100)
    let whole = try Samples.compressor().compress(content)
    var archive: [UInt8] = []
    try Samples.compressor().compress(from: Samples.pieces(of: content), to: { archive += $0 })
    #expect(archive == whole)
    var restored: [UInt8] = []
    try Decompressor().decompress(from: Samples.pieces(of: archive), to: { restored += $0 })
    #expect(restored == content)
  }

  @Test func concatenatedArchivesGiveConcatenatedContents() throws {
    let compressor = Samples.compressor()
    let parts = [Samples.text(200), [], Samples.random(50), Samples.text(10)]
    let archive = try parts.flatMap { try compressor.compress($0) }
    #expect(try Decompressor().decompress(archive) == parts.flatMap { $0 })
  }

  @Test func skippableFramesAreSkipped() throws {
    let skippable = FrameHeader(.skippable(method: 0x83, size: 5)).bytes + [1, 2, 3, 4, 5]
    let archive = try Samples.compressor().compress(Samples.text(100))
    #expect(try Decompressor().decompress(skippable + archive + skippable) == Samples.text(100))
    let summary = try ArchiveSummary(from: Samples.pieces(of: skippable + archive))
    #expect(summary.skippableFrames == 1 && summary.contentBytes == 100)
  }

  @Test func everyConfigurationTravelsInTheHeader() throws {
    var network = Samples.network
    network.layers = 2
    network.hasCoupledGates = false
    network.longestWindow = 5
    network.learningRate = 1000
    network.lanes = 3
    var compressor = Samples.compressor()
    compressor.options = PredictorOptions(network: network, hasExperts: true, lanes: 3)
    compressor.frameSize = 1 << 13
    let content = Samples.text(7000)
    let archive = try compressor.compress(content)
    #expect(try Decompressor().decompress(archive) == content)
    let summary = try ArchiveSummary(from: Samples.pieces(of: archive))
    network.lanes = 1
    #expect(summary.settings.map(\.networks) == [.untrained(network)])
    #expect(summary.settings.map(\.lanes) == [3] && summary.settings[0].hasExperts)
  }

  /// An archive of several networks without experts could not be restored.
  @Test func severalNetworksNeedExperts() {
    var compressor = Compressor()
    compressor.options = TinyModels.options(.all, hasExperts: false)
    let error = #expect(throws: CompressionError.self) { try compressor.compress([1, 2, 3]) }
    #expect(error?.code == .invalidOption)
  }

  @Test func impossibleOptionsAreRefused() {
    var compressor = Samples.compressor()
    compressor.frameSize = 1000
    #expect(throws: CompressionError.self) { try compressor.compress([1]) }
    compressor = Samples.compressor()
    compressor.options?.network?.cells = 17
    #expect(throws: (any Error).self) { try compressor.compress([1]) }
  }

  @Test(arguments: [
    PredictorOptions(network: nil, hasExperts: true),
    PredictorOptions(network: Samples.network, hasExperts: true),
  ])
  func experts(options: PredictorOptions) throws {
    var compressor = Samples.compressor()
    compressor.options = options
    for content in [[], [7], Samples.text(900), Samples.random(300), Samples.text(1100)] {
      let archive = try compressor.compress(content)
      #expect(try Decompressor().decompress(archive) == content)
      #expect(archive.count <= content.count + 20)
    }
  }

  @Test func withoutAModelContentIsStored() throws {
    var compressor = Samples.compressor()
    compressor.options = PredictorOptions(network: nil, hasExperts: false)
    let archive = try compressor.compress(Samples.text(2000))
    #expect(archive.count == 2000 + 18)
    #expect(try Decompressor().decompress(archive) == Samples.text(2000))
  }

  @Test func levelsAreNumberedFromTheFastest() throws {
    #expect(Level.allCases.map(\.rawValue) == [1, 2, 3, 4])
    let content = Samples.text(60)
    for level in Level.allCases {
      let archive = try Compressor(level: level).compress(content)
      #expect(try Decompressor().decompress(archive) == content)
    }
  }

  @Test func progressRisesAndCanEndTheWork() throws {
    struct Cancelled: Error {}
    var contentBytes: [Int] = []
    try Samples.compressor().compress(
      from: Samples.pieces(of: Samples.text(3000)), to: { _ in },
      report: { contentBytes.append($0.contentBytes) })
    #expect(contentBytes == contentBytes.sorted() && contentBytes.last == 3000)
    #expect(throws: Cancelled.self) {
      try Samples.compressor().compress(
        from: Samples.pieces(of: Samples.text(3000)), to: { _ in },
        report: { if $0.contentBytes >= 1024 { throw Cancelled() } })
    }
  }
}
