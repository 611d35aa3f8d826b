// SPDX-License-Identifier: Apache-2.0

/// Finds where the type of a content changes, by its bytes' statistics.
enum PartBoundaries {
  /// What is looked at as a whole.
  private static let block = 4096
  /// The shortest part: in fewer bytes the models would not learn what is different.
  private static let shortest = 16 * block

  /// The parts of `bytes`: of a short content, or of one type, a single one.
  static func parts(of bytes: ArraySlice<UInt8>) -> [ContentPart] {
    guard bytes.count >= 2 * shortest else { return [part(bytes)] }
    var runs: [(isText: Bool, count: Int)] = []
    for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: block) {
      let end = min(start + block, bytes.endIndex)
      let isText = ContentDescription.isText(bytes[start..<end])
      if let last = runs.last, last.isText == isText {
        runs[runs.count - 1].count += end - start
      } else {
        runs.append((isText, end - start))
      }
    }
    let merged = merge(runs)
    guard merged.count > 1 else { return [part(bytes)] }
    var start = bytes.startIndex
    return merged.map { run in
      defer { start += run.count }
      let run = bytes[start..<start + run.count]
      return part(run)
    }
  }

  /// Gives short runs to their neighbours, the shortest first.
  private static func merge(_ runs: [(isText: Bool, count: Int)]) -> [(isText: Bool, count: Int)] {
    var runs = runs
    while runs.count > 1,
      let index = runs.indices.min(by: { runs[$0].count < runs[$1].count }),
      runs[index].count < shortest
    {
      let first = max(index - 1, 0)
      let last = min(index + 1, runs.count - 1)
      let isText = runs[index == 0 ? 1 : first].isText
      let count = runs[first...last].reduce(0) { $0 + $1.count }
      runs.replaceSubrange(first...last, with: [(isText, count)])
    }
    return runs
  }

  private static func part(_ bytes: ArraySlice<UInt8>) -> ContentPart {
    ContentPart(.detect(bytes), count: bytes.count)
  }
}
