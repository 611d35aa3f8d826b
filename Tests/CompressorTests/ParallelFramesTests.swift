// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import LSTMArchive

/// Frames that are coded side by side: the same bytes and the same errors for any number of threads.
@Suite struct ParallelFramesTests {
  private static let content = Samples.text(3000) + Samples.random(1100) + Samples.text(1500)

  private func compress(_ content: [UInt8], threads: Int) throws -> [UInt8] {
    var compressor = Samples.compressor()
    compressor.threads = threads
    var archive: [UInt8] = []
    try compressor.compress(from: Samples.pieces(of: content), to: { archive += $0 })
    return archive
  }

  /// What is given out, and the error.
  private func restore(
    _ archive: [UInt8], threads: Int, memoryLimit: Int = Decompressor.standardMemoryLimit
  ) -> (content: [UInt8], error: CompressionError?) {
    var decompressor = Decompressor()
    decompressor.threads = threads
    decompressor.memoryLimit = memoryLimit
    var content: [UInt8] = []
    do {
      try decompressor.decompress(from: Samples.pieces(of: archive), to: { content += $0 })
    } catch {
      return (content, error as? CompressionError)
    }
    return (content, nil)
  }

  @Test func anyNumberOfThreadsGivesTheSame() throws {
    let archive = try compress(Self.content, threads: 1)
    #expect(try ArchiveSummary(from: Samples.pieces(of: archive)).frames > 4)
    for threads in [2, 3, 8] {
      #expect(try compress(Self.content, threads: threads) == archive)
      let restored = restore(archive, threads: threads)
      #expect(restored.content == Self.content && restored.error == nil)
    }
  }

  /// Whole frames of a power of two, the last one too, and content that does not shrink.
  @Test(arguments: [0, 1, 1023, 1024, 1025, 2048, 4096])
  func sizesAroundAFrame(count: Int) throws {
    for content in [Samples.text(count), Samples.random(count)] {
      let archive = try compress(content, threads: 1)
      #expect(try compress(content, threads: 3) == archive)
      #expect(restore(archive, threads: 3).content == content)
      #expect(archive.count <= content.count + 24)
    }
  }

  @Test func damageGivesOutWhatIsBeforeIt() throws {
    let archive = try compress(Samples.text(5000), threads: 1)
    for position in stride(from: 40, to: archive.count, by: 97) {
      var damaged = archive
      damaged[position] ^= 0x10
      let expected = restore(damaged, threads: 1)
      #expect(expected.error != nil)
      for threads in [2, 8] {
        let found = restore(damaged, threads: threads)
        #expect(found.content == expected.content)
        #expect(found.error?.code == expected.error?.code)
      }
    }
  }

  /// Frames wait until there is room for them.
  @Test func memoryIsBounded() throws {
    let archive = try compress(Self.content, threads: 1)
    let settings = Samples.settings(Samples.options, Samples.text(1024))
    let frame = settings.requiredBytes(payloadSize: 1024)
    let restored = restore(archive, threads: 8, memoryLimit: frame * 3 / 2)
    #expect(restored.content == Self.content && restored.error == nil)
    #expect(restore(archive, threads: 8, memoryLimit: frame / 2).error?.code == .memoryLimit)
  }

  @Test func whoReportsOrWritesMayEndTheWork() {
    struct Stop: Error {}
    var compressor = Samples.compressor()
    compressor.threads = 3
    #expect(throws: Stop.self) {
      try compressor.compress(
        from: Samples.pieces(of: Self.content), to: { _ in throw Stop() })
    }
    #expect(throws: Stop.self) {
      try compressor.compress(
        from: Samples.pieces(of: Self.content), to: { _ in }, report: { _ in throw Stop() })
    }
  }
}
