// SPDX-License-Identifier: Apache-2.0

import CZlib
import Testing

@testable import Deflate

/// Analyses `stream`, expects that it is restored exactly, and returns what the analysis made.
@discardableResult
func expectRestored(
  _ stream: [UInt8], _ content: [UInt8]? = nil, trailing: [UInt8] = [],
  sourceLocation: SourceLocation = #_sourceLocation
) throws -> InflatedStream {
  let input = stream + trailing
  let result = try #require(
    input.withUnsafeBufferPointer { DeflateReconstruction.analyse($0) },
    sourceLocation: sourceLocation)
  #expect(result.compressedCount == stream.count, sourceLocation: sourceLocation)
  if let content { #expect(result.content == content, sourceLocation: sourceLocation) }
  let restored = try DeflateReconstruction.restore(
    content: result.content, reconstruction: result.reconstruction)
  #expect(restored == stream, sourceLocation: sourceLocation)
  return result
}

@Suite struct ReconstructionTests {
  let content = sampleContent(60_000, seed: 1)
  let short = sampleContent(12_000, seed: 2)

  @Test(arguments: 1...9)
  func levels(level: Int) throws {
    let stream = zlibStream(content, ZlibSettings(level: level))
    let result = try expectRestored(stream, content, trailing: [1, 2, 3])
    #expect(result.reconstruction.count < 64)
  }

  @Test(arguments: [Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED])
  func strategies(strategy: Int32) throws {
    let stream = zlibStream(content, ZlibSettings(strategy: strategy))
    #expect(try expectRestored(stream, content).reconstruction.count < 128)
  }

  @Test(arguments: 1...9)
  func memoryLevels(memory: Int) throws {
    let content = Array(content[..<40_000])
    let stream = zlibStream(content, ZlibSettings(memory: memory))
    #expect(try expectRestored(stream, content).reconstruction.count < stream.count / 100)
  }

  @Test(arguments: [9, 10, 12, 15])
  func windows(window: Int) throws {
    let stream = zlibStream(content, ZlibSettings(window: window))
    #expect(try expectRestored(stream, content).reconstruction.count < 128)
  }

  @Test(arguments: [Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_PARTIAL_FLUSH, Z_BLOCK])
  func flushes(flush: Int32) throws {
    let content = Array(content[..<40_000])
    let stream = zlibStream(content, ZlibSettings(pieces: 10_000, flush: flush))
    #expect(try expectRestored(stream, content).reconstruction.count < stream.count / 50)
  }

  @Test(arguments: [0, 1, 2, 3, 5, 8, 13, 21, 34])
  func small(count: Int) throws {
    let part = Array(content[..<count])
    for level in 1...9 {
      let stream = zlibStream(part, ZlibSettings(level: level))
      let input = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: stream.count)
      defer { input.deallocate() }
      _ = input.initialize(from: stream)
      // A reconstruction may be too large to be worthwhile; what there is restores exactly.
      if DeflateReconstruction.analyse(UnsafeBufferPointer(input)) != nil {
        try expectRestored(stream, part)
      }
    }
  }

  @Test(arguments: StreamParameters.searches.indices)
  func imitated(preset: Int) throws {
    var parameters = StreamParameters()
    parameters.preset = preset
    parameters.rule = .memory
    parameters.memory = 4
    parameters.header.construction = preset % 2 == 0 ? .symbolFirst : .treeFirst
    let stream = imitatedStream(short, parameters)
    #expect(try expectRestored(stream, short).reconstruction.count < 64)
  }

  @Test func cheapest() throws {
    let content = sampleContent(60_000, seed: 5)
    let stream = cheapestStream(content, blockSize: 20_000)
    let result = try expectRestored(stream, content)
    #expect(result.reconstruction.count < stream.count / 25)
  }

  @Test func padding() throws {
    // The bits after the last block are any; here all of them are set.
    for count in 60..<68 {
      var writer = BitWriter()
      let codes = CodeTable(Deflate.fixedLengths[..<288]).entries
      writer.write(3, 3)
      for symbol in Array(100..<100 + count) + [256] {
        writer.write(UInt64(codes[symbol] >> 4), Int(codes[symbol] & 15))
      }
      let unused = -writer.bitsOfLastByte & 7
      writer.write(1 << UInt64(unused) - 1, unused)
      try expectRestored(writer.bytes, (100..<100 + count).map { UInt8($0) })
    }
  }

  @Test func storedPadding() throws {
    // Stored blocks whose unused bits are set, an empty one among them.
    var stream: [UInt8] = [
      0b1010_1000, 5, 0, 0xFA, 0xFF, 1, 2, 3, 4, 5, 0b1111_1000, 0, 0, 0xFF, 0xFF,
    ]
    stream += [1, 200, 0, 55, 0xFF] + [UInt8](repeating: 9, count: 200)
    let result = try expectRestored(stream, [1, 2, 3, 4, 5] + [UInt8](repeating: 9, count: 200))
    #expect(result.reconstruction.count < 20)
  }

  @Test func irregularLength() throws {
    // A match of 258 bytes as 227 + 31, in a fixed block: literal 0, then length symbol 284.
    var writer = BitWriter()
    let codes = CodeTable(Deflate.fixedLengths[..<288]).entries
    func write(_ symbol: Int) { writer.write(UInt64(codes[symbol] >> 4), Int(codes[symbol] & 15)) }
    writer.write(3, 3)
    write(0)
    for _ in 0..<6 {
      write(284)
      writer.write(31, 5)
      writer.write(0, 5)
    }
    for symbol in 1..<60 { write(symbol) }
    write(256)
    writer.write(0, -writer.bitsOfLastByte & 7)
    let content = [UInt8](repeating: 0, count: 1 + 6 * 258) + (1..<60).map { UInt8($0) }
    try expectRestored(writer.bytes, content)
  }
}
