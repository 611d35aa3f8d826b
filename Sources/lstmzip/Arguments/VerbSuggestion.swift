// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Platform

/// Tells a mistyped command from a file's name.
enum VerbSuggestion {
  private static let meanings = [
    "extract": "decompress", "restore": "decompress", "uncompress": "decompress",
    "unpack": "decompress", "pack": "compress", "verify": "test", "check": "test",
    "benchmark": "bench",
  ]

  /// Refuses a first argument that is nearly the name of a command, and not the name of a file.
  ///
  /// Without this `lstmzip compres FILE` would compress FILE, and complain about the other name only.
  ///
  /// - Throws: `ValidationError`.
  static func check(_ arguments: [[UInt8]], verbs: [String]) throws {
    guard let first = arguments.first, let word = String(validating: first, as: UTF8.self),
      !word.isEmpty, !word.hasPrefix("-"), !word.contains("/"), !verbs.contains(word),
      let meant = suggestion(for: word, verbs: verbs), !FileSystem.exists(FileName(word))
    else { return }
    throw ValidationError(
      """
      there is no command "\(word)"; did you mean "\(meant)"? (A file of that name is written \
      ./\(word).)
      """)
  }

  private static func suggestion(for word: String, verbs: [String]) -> String? {
    let lowercase = word.lowercased()
    if let meant = meanings[lowercase] { return meant }
    let near = verbs.filter { distance(lowercase, $0) <= ($0.count > 5 ? 2 : 1) }
    return near.min { distance(lowercase, $0) < distance(lowercase, $1) }
  }

  /// Letters to insert, remove, replace, or swap with their neighbours, to make one word of the other.
  private static func distance(_ first: String, _ second: String) -> Int {
    let (first, second) = (Array(first.utf8), Array(second.utf8))
    guard first.count <= second.count + 2 else { return .max }
    var rows = [Array(0...second.count)]
    for (row, letter) in first.enumerated() {
      var current = [row + 1]
      for (column, other) in second.enumerated() {
        var best = min(rows[row][column + 1], current[column]) + 1
        best = min(best, rows[row][column] + (letter == other ? 0 : 1))
        if row > 0 && column > 0 && letter == second[column - 1] && first[row - 1] == other {
          best = min(best, rows[row - 1][column - 1] + 1)
        }
        current.append(best)
      }
      rows.append(current)
    }
    return rows[first.count][second.count]
  }
}
