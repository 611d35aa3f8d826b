// SPDX-License-Identifier: Apache-2.0

import Archive
import Foundation
import Content
import Prediction
import Serialisation
import TestSupport
import Testing

@testable import LSTMArchive

/// Frames with a plan: containers, and contents of several types.
@Suite struct PlannedFrameTests {
  /// Texts, records and pictures in tar, zip, gzip and PNG.
  private static let containers: [UInt8] = {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Golden/inputs/containers.tar")
    return (try? Data(contentsOf: path)).map { Array($0) } ?? []
  }()

  private func compress(
    _ content: [UInt8], threads: Int = 1, frameSize: Int = 1 << 16, unpacks: Bool = true
  ) throws -> [UInt8] {
    var compressor = Compressor()
    compressor.options = PredictorOptions(network: nil)
    compressor.threads = threads
    compressor.frameSize = frameSize
    compressor.unpacks = unpacks
    var archive: [UInt8] = []
    try compressor.compress(from: Samples.pieces(of: content), to: { archive += $0 })
    return archive
  }

  @Test func chunksAndThreadsGiveTheSameBytes() throws {
    try #require(Self.containers.count > 20_000)
    var compressor = Compressor()
    compressor.options = PredictorOptions(network: nil)
    compressor.frameSize = 1 << 16
    let archive = try compressor.compress(Self.containers)
    for threads in 1...3 { #expect(try compress(Self.containers, threads: threads) == archive) }
    #expect(try Decompressor().decompress(archive) == Self.containers)
  }

  /// Frames end within containers.
  @Test(arguments: [1 << 10, 1 << 12, 1 << 14])
  func framesCutContainers(frameSize: Int) throws {
    let archive = try compress(Self.containers, threads: 2, frameSize: frameSize)
    var decompressor = Decompressor()
    decompressor.threads = 2
    #expect(try decompressor.decompress(archive) == Self.containers)
  }

  @Test func packedStreamsMayStayPacked() throws {
    let (unpacked, packed) = try (
      compress(Self.containers), compress(Self.containers, unpacks: false)
    )
    #expect(unpacked.count < packed.count)
    #expect(try Decompressor().decompress(packed) == Self.containers)
    let parts = try ArchiveSummary(from: source(of: packed)).modelFrames.flatMap(\.parts)
    #expect(parts.allSatisfy { $0.transforms.isEmpty } && parts.count > 1)
  }

  @Test func partsAreTold() throws {
    let summary = try ArchiveSummary(from: source(of: compress(Self.containers)))
    let parts = summary.modelFrames[0].parts
    #expect(Set(parts.map(\.description.type)) == [.text, .binary])
    #expect(parts.contains { $0.transforms == ["deflate", "deflate", "PNG filters"] })
    #expect(zip(parts, parts.dropFirst()).allSatisfy { $0.range.upperBound == $1.range.lowerBound })
  }

  /// A plan has no checksum, and may say the same in two ways; the content has one.
  @Test func damagedPlansGiveNothingWrong() throws {
    let archive = try compress(Self.containers)
    var reader = ByteReader(archive)
    let header = try FrameHeader(from: &reader, isFirst: true, models: Decompressor().models)
    guard case .model(_, let content, _, _) = header.method else {
      Issue.record("not a frame with a model")
      return
    }
    #expect(content.planSize > 100)
    for place in stride(from: 0, to: content.planSize, by: 7) {
      var damaged = archive
      damaged[header.size + place] ^= 1 << UInt8(place % 8)
      let restored = try? Decompressor().decompress(damaged)
      #expect(restored == nil || restored == Self.containers)
    }
  }

  @Test func memoryOfPlansIsChecked() throws {
    let archive = try compress(Self.containers)
    let required = try ArchiveSummary(from: source(of: archive)).requiredBytes
    var decompressor = Decompressor()
    decompressor.memoryLimit = required - 1
    #expect {
      try decompressor.decompress(archive)
    } throws: {
      ($0 as? CompressionError)?.code == .memoryLimit
    }
    decompressor.memoryLimit = required
    #expect(try decompressor.decompress(archive) == Self.containers)
  }
}
