// SPDX-License-Identifier: Apache-2.0

import Archive
import CZlib
import LSTMArchive
import Platform
import Serialisation
import TestSupport

// Damaged containers are compressed and restored exactly; damaged archives of containers are refused, or
// restored, without a crash and within the memory limit.
//
// Usage: fuzz-containers [RUNS] [SEED]; exit code 1 if a content does not come back.

/// The zlib stream of `content`.
func zlib(_ content: [UInt8], level: Int32) -> [UInt8] {
  var size = compressBound(uLong(content.count))
  var result = [UInt8](repeating: 0, count: Int(size))
  precondition(compress2(&result, &size, content, uLong(content.count), level) == Z_OK)
  return Array(result[..<Int(size)])
}

func little(_ value: Int, _ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
}

func checksum(_ content: [UInt8]) -> Int { Int(crc32(0, content, uInt(content.count))) }

/// A container of one of six kinds, or several of them one after the other.
func container(_ random: inout SplitMix64, depth: Int = 0) -> [UInt8] {
  let content =
    depth < 2 && random.below(5) == 0
    ? container(&random, depth: depth + 1)
    : Samples.mixed(count: 40 + random.below(900), seed: random.next())
  let stream = zlib(content, level: Int32(1 + random.below(9)))
  let raw = Array(stream[2...].dropLast(4))
  switch random.below(7) {
  case 0: return stream
  case 1:
    return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + raw + little(checksum(content), 4)
      + little(content.count, 4)
  case 2:
    return [0x50, 0x4B, 3, 4, 20, 0, 0, 0, 8, 0, 0, 0, 0, 0] + little(checksum(content), 4)
      + little(raw.count, 4) + little(content.count, 4) + [1, 0, 0, 0, 97] + raw
  case 3:
    let (width, rows) = (1 + random.below(40), 1 + random.below(12))
    let pixels = (0..<rows * (width * 3 + 1)).map {
      $0 % (width * 3 + 1) == 0
        ? UInt8(random.below(6)) : UInt8(truncatingIfNeeded: $0 * 5 + random.below(4))
    }
    let data = zlib(pixels, level: 6)
    let chunk = 1 + random.below(data.count + 40)
    var png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0, 0, 0, 13] + Array("IHDR".utf8)
    png += little(width, 4).reversed() + little(rows, 4).reversed() + [8, 2, 0, 0, 0, 1, 2, 3, 4]
    for start in stride(from: 0, to: data.count, by: chunk) {
      let part = Array(data[start..<min(start + chunk, data.count)])
      png += little(part.count, 4).reversed() + Array("IDAT".utf8) + part + [5, 6, 7, 8]
    }
    return png + [0, 0, 0, 0] + Array("IEND".utf8)
  case 4:
    return Array("%PDF-1.5\n1 0 obj\n<< /Filter /FlateDecode >>\nstream\n".utf8) + stream
      + Array("\nendstream\nendobj\n".utf8)
  case 5: return Samples.text(random.below(300)) + Samples.random(random.below(200)) + stream
  default: return container(&random, depth: depth) + container(&random, depth: depth)
  }
}

/// Changes, removes or repeats some bytes from `start` on.
func damage(_ bytes: inout [UInt8], from start: Int = 0, _ random: inout SplitMix64) {
  for _ in 0...random.below(4) where bytes.count > start {
    let place = start + random.below(bytes.count - start)
    switch random.below(8) {
    case 0: bytes.removeLast(random.below(min(bytes.count - start, 64)))
    case 1: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
    case 2: bytes.remove(at: place)
    case 3: bytes += bytes[place...].prefix(100)
    default: bytes[place] ^= UInt8(1 << random.below(8))
    }
  }
}

/// Writes the right checksum behind the header that an archive begins with, so that what the header says is
/// believed.
func believe(_ archive: inout [UInt8], header: Int) {
  guard archive.count > header else { return }
  let value = Int(Checksum.of(Array(archive[..<(header - 4)])))
  archive.replaceSubrange(header - 4..<header, with: little(value, 4))
}

let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let runs = arguments.first ?? 1000
var random = SplitMix64(state: UInt64(arguments.dropFirst().first ?? 1))
let compressor = Compressor(level: .fast)
var decompressor = Decompressor()
decompressor.memoryLimit = 256 << 20
var (lost, refused, restored, planned) = (0, 0, 0, 0)
for run in 0..<runs {
  var content = container(&random)
  if run % 3 != 0 { damage(&content, &random) }
  let archive = try compressor.compress(content)
  if try decompressor.decompress(archive) != content {
    print("run \(run): the content did not come back")
    lost += 1
  }
  var reader = ByteReader(archive)
  let header = try FrameHeader(from: &reader, isFirst: true, models: decompressor.models)
  var damaged = archive
  if case .model(_, let frame, _, _) = header.method, frame.planSize > 0 {
    planned += 1
    // The plan has no checksum of its own: damage there reaches furthest.
    if random.below(2) == 0 {
      damaged[header.size + random.below(frame.planSize)] ^= UInt8(1 << random.below(8))
    }
  }
  damage(&damaged, from: random.below(2) == 0 ? 6 : header.size, &random)
  believe(&damaged, header: header.size)
  do {
    _ = try decompressor.decompress(damaged)
    restored += 1
  } catch is CompressionError {
    refused += 1
  }
}
var usage = rusage()
#if canImport(Darwin)
  getrusage(RUSAGE_SELF, &usage)
  let peak = usage.ru_maxrss >> 20
#else
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  let peak = usage.ru_maxrss >> 10
#endif
print(
  "\(runs) containers compressed, \(lost) did not come back, \(planned) had a plan;",
  "damaged archives: \(refused) refused, \(restored) restored;",
  "peak memory \(peak) MiB")
exit(lost == 0 ? 0 : 1)
