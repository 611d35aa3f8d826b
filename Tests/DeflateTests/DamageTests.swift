// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import Deflate

/// How many mutations a test tries: few by default, many with `LSTMZIP_LONG_TESTS`.
private var mutations: Int {
  ProcessInfo.processInfo.environment["LSTMZIP_LONG_TESTS"] == nil ? 200 : 20_000
}

/// Damaged bytes must be refused or restored to something, never trap, and never take long.
@Suite struct DamageTests {
  /// Streams of all kinds of encoders and blocks, and their contents.
  static let samples: [(stream: [UInt8], content: [UInt8])] = {
    let content = sampleContent(3_000, seed: 3)
    var random = SplitMix64(state: 4)
    let noise = (0..<700).map { _ in UInt8.random(in: 0...255, using: &random) }
    let planned = cheapestStream(content, blockSize: 1000)
    return [
      (zlibStream(content), content),
      (zlibStream(content, ZlibSettings(level: 1)), content),
      (zlibStream(content, ZlibSettings(memory: 1, pieces: 700)), content),
      (zlibStream(noise, ZlibSettings(pieces: 300)), noise),
      (zlibStream(Array(content[..<60]), ZlibSettings(level: 9)), Array(content[..<60])),
      (planned, content),
    ]
  }()

  /// One random change of `bytes`.
  private static func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      switch Int.random(in: 0..<6, using: &random) {
      case 0 where bytes.count > 1:
        bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random))
      case 1: bytes.append(UInt8.random(in: 0...255, using: &random))
      case 2 where !bytes.isEmpty: bytes.remove(at: Int.random(in: 0..<bytes.count, using: &random))
      default:
        if bytes.isEmpty { continue }
        let bit = UInt8(1) << Int.random(in: 0..<8, using: &random)
        bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= bit
      }
    }
  }

  @Test(arguments: 0..<6)
  func reconstructions(sample: Int) throws {
    let (stream, content) = Self.samples[sample]
    let result = try expectRestored(stream, content)
    var random = SplitMix64(state: UInt64(sample) + 10)
    var refused = 0
    for _ in 0..<mutations {
      var reconstruction = result.reconstruction
      var changed = content
      Self.mutate(&reconstruction, &random)
      if Bool.random(using: &random) { Self.mutate(&changed, &random) }
      do {
        let restored = try DeflateReconstruction.restore(
          content: changed, reconstruction: reconstruction)
        #expect(restored.count < changed.count * 3 + 1 << 20)
      } catch { refused += 1 }
    }
    #expect(refused > mutations / 4)
  }

  @Test(arguments: 0..<6)
  func streams(sample: Int) throws {
    var random = SplitMix64(state: UInt64(sample) + 20)
    for _ in 0..<mutations / 4 {
      var stream = Self.samples[sample].stream
      Self.mutate(&stream, &random)
      let result = stream.withUnsafeBufferPointer { DeflateReconstruction.analyse($0) }
      guard let result else { continue }
      let restored = try DeflateReconstruction.restore(
        content: result.content, reconstruction: result.reconstruction)
      #expect(restored.elementsEqual(stream.prefix(result.compressedCount)))
    }
  }

  @Test func noise() {
    var random = SplitMix64(state: 30)
    for _ in 0..<mutations {
      let count = Int.random(in: 0...60, using: &random)
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      let content = sampleContent(Int.random(in: 0...400, using: &random), seed: 31)
      _ = try? DeflateReconstruction.restore(content: content, reconstruction: bytes)
    }
  }

  @Test func limits() {
    let content = [UInt8](repeating: 7, count: 100_000)
    let stream = zlibStream(content)
    func analyse(_ limits: DeflateLimits) -> InflatedStream? {
      stream.withUnsafeBufferPointer { DeflateReconstruction.analyse($0, limits: limits) }
    }
    #expect(analyse(DeflateLimits()) != nil)
    #expect(analyse(DeflateLimits(content: 99_999)) == nil)
    #expect(analyse(DeflateLimits(ratio: 100)) == nil)
    #expect(analyse(DeflateLimits(blocks: 0)) == nil)
    let truncated = Array(stream.dropLast(20))
    #expect(truncated.withUnsafeBufferPointer { DeflateReconstruction.analyse($0) } == nil)
  }
}
