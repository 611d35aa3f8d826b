// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Archive
@testable import LSTMArchive
@testable import Prediction
@testable import Serialisation

/// What damaged and hostile archives do: always an error of the right kind, never a crash, and no
/// memory that the limit does not allow.
@Suite struct DamageTests {
  private func error(_ archive: [UInt8], memoryLimit: Int = 1 << 30) -> CompressionError? {
    var decompressor = Decompressor()
    decompressor.memoryLimit = memoryLimit
    do {
      _ = try decompressor.decompress(archive)
      return nil
    } catch {
      return error as? CompressionError
    }
  }

  static let small: [(String, [UInt8])] = [
    ("text", Samples.text(60)), ("stored", Samples.random(20)), ("empty", []),
  ]

  @Test func everyTruncationAndSomeChangesWithExperts() throws {
    var compressor = Samples.compressor()
    compressor.options = PredictorOptions(network: Samples.network, hasExperts: true)
    let archive = try compressor.compress(Samples.text(60))
    for count in 0..<archive.count {
      #expect(error(Array(archive.prefix(count)))?.code == .truncated)
    }
    for position in archive.indices {
      var damaged = archive
      damaged[position] ^= UInt8(1 << (position % 8))
      #expect(error(damaged) != nil, "byte \(position)")
    }
  }

  @Test(arguments: small)
  func everyTruncationIsAnError(name: String, content: [UInt8]) throws {
    let archive = try Samples.compressor().compress(content)
    for count in 0..<archive.count {
      #expect(error(Array(archive.prefix(count)))?.code == .truncated, "\(name), \(count) bytes")
    }
  }

  @Test(arguments: small)
  func everyChangeOfAByteIsAnError(name: String, content: [UInt8]) throws {
    let archive = try Samples.compressor().compress(content)
    for position in archive.indices {
      for change in UInt8(1)...255 {
        var damaged = archive
        damaged[position] ^= change
        #expect(error(damaged) != nil, "\(name), byte \(position), change \(change)")
      }
    }
  }

  @Test func kindsOfErrors() throws {
    let archive = try Samples.compressor().compress(Samples.text(60))
    #expect(error([])?.code == .truncated)
    #expect(error(Array("plain text".utf8))?.code == .notAnArchive)
    #expect(error([0xD5, 0x4C])?.code == .truncated)
    #expect(error(archive + [1])?.code == .trailingData)
    #expect(error(archive + archive.prefix(3))?.code == .trailingData)
    #expect(error(FrameHeader.magic + [2, 0, 0, 0])?.code == .unsupportedVersion)
    #expect(error(FrameHeader.magic + [1, 9, 0, 0])?.code == .unsupportedMethod)
  }

  @Test func wrongContentChecksum() throws {
    let content = Samples.text(60)
    let settings = Samples.settings(Samples.options, content)
    let archive = try Samples.frame(content, settings, checksumChange: 1)
    #expect(error(archive)?.code == .corruptContent)
  }

  /// A header with sound checksums that says what no encoder says.
  private func frame(
    model: [UInt8], contentSize: [UInt8], form: [UInt8] = [0, 0], payloadSize: [UInt8] = [1],
    plan: [UInt8] = []
  ) -> [UInt8] {
    var bytes = FrameHeader.magic + [1, 1] + contentSize + form + [UInt8(model.count)] + model
    bytes += payloadSize + [0, 0, 0, 0]
    var writer = ByteWriter()
    writer.append(Checksum.of(bytes))
    return bytes + writer.bytes + plan + [0]
  }

  @Test func hostileHeaders() {
    #expect(error(frame(model: [1], contentSize: [0]))?.code == .corruptHeader)
    // 1 written in two bytes, more than 2^30, and a number without end.
    #expect(error(frame(model: [1], contentSize: [0x81, 0]))?.code == .corruptHeader)
    #expect(
      error(frame(model: [1], contentSize: [0x81, 0x80, 0x80, 0x80, 4]))?.code == .corruptHeader)
    #expect(
      error(frame(model: [1], contentSize: [UInt8](repeating: 0xFF, count: 20)))?.code
        == .corruptHeader)
    let sound: [UInt8] = [1, 1, 1, 1, 32, 8, 1, 0x89, 1]
    #expect(error(frame(model: sound, contentSize: [1]))?.code == .corruptContent)
    for (index, value) in [
      (0, 0), (0, 4), (1, 0), (1, 9), (2, 0), (2, 65), (3, 2), (4, 3), (5, 1), (5, 25), (6, 0),
      (6, 65),
    ] as [(Int, UInt8)] {
      var model = sound
      model[index] = value
      #expect(error(frame(model: model, contentSize: [1]))?.code == .unsupportedModel)
    }
    // Bytes after experts, nothing, a network cut short.
    for model: [UInt8] in [[2, 0], [], [1, 2], [1, 0, 0, 1]] {
      #expect(error(frame(model: model, contentSize: [1]))?.code == .unsupportedModel)
    }
    // An unknown set of experts, and a set without experts.
    for model: [UInt8] in [[0x22], [0xF2], [0x11], [0x0A]] {
      #expect(error(frame(model: model, contentSize: [1]))?.code == .unsupportedModel)
    }
    #expect(error(frame(model: [0x12], contentSize: [1]))?.code == .corruptContent)
    // An unknown content type, and a record length over the limit.
    #expect(
      error(frame(model: [2], contentSize: [1], form: [9, 0]))?.code == .unsupportedModel)
    #expect(
      error(frame(model: [2], contentSize: [1], form: [1, 0x80, 0x80, 4]))?.code
        == .corruptHeader)
    // 30 MiB of content in a frame that asks for 8 layers of 1024 cells.
    let huge: [UInt8] = [1, 8, 64, 0, 255, 24, 64, 0x89, 1]
    let content: [UInt8] = [0x80, 0x80, 0x80, 0x0F]
    #expect(error(frame(model: huge, contentSize: content))?.code == .memoryLimit)
    #expect(
      error(frame(model: [1], contentSize: content), memoryLimit: 1 << 20)?.code
        == .memoryLimit)
  }

  @Test func emptyStoredChunksAndBadChunkSizes() {
    let header = FrameHeader(.stored).bytes
    #expect(error(header + [31])?.code == .corruptContent)
    #expect(error(header + [0, 0, 0, 0, 0, 0]) == nil)
    #expect(error(header + [0, 0, 0, 0, 0, 1])?.code == .corruptContent)
    #expect(error(header + [30, 1, 2, 3])?.code == .truncated)
  }

  /// An archive that must be readable for ever: docs/FORMAT.md prints it.
  @Test func firstArchiveOpens() throws {
    let archive = try #require(bytes(ofHex: GoldenArchives.text))
    #expect(try Decompressor().decompress(archive) == Array(GoldenArchives.content.utf8))
    var compressor = Compressor()
    compressor.options = PredictorOptions()
    #expect(try compressor.compress(Array(GoldenArchives.content.utf8)) == archive)
    let stored = try #require(bytes(ofHex: GoldenArchives.stored))
    #expect(try Decompressor().decompress(stored) == Array("lstmzip".utf8))
    #expect(try compressor.compress(Array("lstmzip".utf8)) == stored)
  }

  private func bytes(ofHex text: String) -> [UInt8]? {
    let digits = text.filter { !$0.isWhitespace }
    let bytes = stride(from: 0, to: digits.count, by: 2).map { offset in
      let start = digits.index(digits.startIndex, offsetBy: offset)
      return UInt8(digits[start...].prefix(2), radix: 16)
    }
    return bytes.contains(nil) ? nil : bytes.compactMap { $0 }
  }
}
