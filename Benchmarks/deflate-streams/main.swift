// SPDX-License-Identifier: Apache-2.0

import Content
import Deflate
import Foundation

// Finds the deflate streams of files, unpacks and restores each, and prints a line a file: how many there
// are, how many entries of zip archives were not unpacked, the bytes of the streams and of the entries
// that were not unpacked, the contents' bytes, the reconstructions' bytes and their share of the streams',
// the processor's seconds to find and unpack them and to restore them. -v prints a line a stream too.
//
//     deflate-streams [-v] FILE...

/// What was measured of a file or of all.
struct Totals {
  var streams = 0
  var failed = 0
  var compressed = 0
  var failedBytes = 0
  var content = 0
  var reconstruction = 0
  var analyseSeconds = 0.0
  var restoreSeconds = 0.0

  static func += (left: inout Totals, right: Totals) {
    left.streams += right.streams
    left.failed += right.failed
    left.compressed += right.compressed
    left.failedBytes += right.failedBytes
    left.content += right.content
    left.reconstruction += right.reconstruction
    left.analyseSeconds += right.analyseSeconds
    left.restoreSeconds += right.restoreSeconds
  }

  var row: String {
    let share = compressed == 0 ? 0 : Double(reconstruction) * 100 / Double(compressed)
    return [
      "\(streams)", "\(failed)", "\(compressed)", "\(failedBytes)", "\(content)",
      "\(reconstruction)", String(format: "%.2f%%", share),
      String(format: "%.2f", analyseSeconds), String(format: "%.2f", restoreSeconds),
    ].joined(separator: "\t")
  }
}

/// The processor time of the process: other programs do not count.
func now() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

/// The compressed sizes of zip entries, of known size, that are not among `located`.
func missedEntries(_ bytes: [UInt8], _ located: [LocatedStream]) -> [Int] {
  func word(_ at: Int, _ count: Int) -> Int {
    (0..<count).reduce(0) { $0 | Int(bytes[at + $1]) << ($1 * 8) }
  }
  let starts = Set(located.map { $0.extent.lowerBound })
  var inside = located.map { $0.extent }[...]
  var missed: [Int] = []
  for place in 0..<max(bytes.count - 30, 0) where bytes[place] == 0x50 {
    while let first = inside.first, first.upperBound <= place { inside.removeFirst() }
    if let first = inside.first, first.contains(place) { continue }
    guard word(place, 4) == 0x0403_4B50, word(place + 8, 2) == 8 else { continue }
    let start = place + 30 + word(place + 26, 2) + word(place + 28, 2)
    let size = word(place + 18, 4)
    if !starts.contains(start), start + size <= bytes.count { missed.append(size) }
  }
  return missed
}

func measure(_ bytes: [UInt8], verbose: Bool) -> Totals {
  var totals = Totals()
  let start = now()
  let located = bytes.withUnsafeBufferPointer { ContainerScanner.scan($0) }
  totals.analyseSeconds = now() - start
  for item in located {
    let stream = item.stream
    let before = now()
    let restored = try? DeflateReconstruction.restore(
      content: stream.content, reconstruction: stream.reconstruction)
    totals.restoreSeconds += now() - before
    guard restored == Array(item.pieces.map { bytes[$0] }.joined()) else {
      print("  a stream at \(item.extent) is not restored")
      exit(1)
    }
    totals.streams += 1
    totals.compressed += stream.compressedCount
    totals.content += stream.content.count
    totals.reconstruction += stream.reconstruction.count
    if verbose {
      print(
        "  \(item.extent.lowerBound)\t\(item.container)\t\(stream.compressedCount)\t"
          + "\(stream.content.count)\t\(stream.reconstruction.count)")
    }
  }
  let missed = missedEntries(bytes, located)
  totals.failed = missed.count
  totals.failedBytes = missed.reduce(0, +)
  return totals
}

var sum = Totals()
print("streams\tfailed\tstream\tfailed bytes\tcontent\treconstruction\tshare\tanalyse s\trestore s")
for path in CommandLine.arguments.dropFirst() where path != "-v" {
  guard let data = FileManager.default.contents(atPath: path) else { continue }
  let totals = measure([UInt8](data), verbose: CommandLine.arguments.contains("-v"))
  sum += totals
  print(totals.row + "\t" + path)
}
print(sum.row + "\ttotal")
