// SPDX-License-Identifier: Apache-2.0

import Platform

/// Rewrites the forms of a command line that xz, gzip and zstd take into those that the parser takes.
///
/// - Short options may be joined, the last one with its value: `-qT2`, `-oFILE`.
/// - `-5` to `-9` stand for the highest level.
/// - `unlstmzip` and `lstmzcat` as the program's name are `lstmzip -d` and `lstmzip -dc`.
/// - `--progress` alone is `--progress=always`, `--no-progress` is `--progress=never`.
struct CompatibleArguments {
  /// Names of the program under which it decompresses, with the options that they stand for.
  static let names = [("unlstmzip", ["-d"]), ("lstmzcat", ["-d", "-c"])]
  /// Short options that have a value, and their long names.
  static let valued: [Character: String] = [
    "o": "--output", "T": "--threads", "S": "--suffix", "M": "--memory",
  ]
  private static let progressModes = ["always", "never", "json", "auto"]

  /// What the parser takes.
  private(set) var arguments: [[UInt8]] = []

  /// Rewrites what the process was started with, the program's name first.
  init(_ process: [[UInt8]]) {
    let name = FileName(bytes: process.first ?? []).lastComponent
    if let implied = Self.names.first(where: { FileName($0.0) == name }) {
      append(["filter"] + implied.1)
    }
    var rest = process.dropFirst()
    while let argument = rest.popFirst() {
      guard argument != Array("--".utf8) else {
        arguments += [argument] + rest
        return
      }
      add(argument, &rest)
    }
  }

  private mutating func add(_ argument: [UInt8], _ rest: inout ArraySlice<[UInt8]>) {
    let isShort = argument.count > 1 && argument[0] == UInt8(ascii: "-")
    if isShort && argument[1] != UInt8(ascii: "-") {
      addShort(argument.dropFirst(), &rest)
    } else if argument == Array("--progress".utf8) {
      if let mode = rest.first, Self.progressModes.contains(where: { Array($0.utf8) == mode }) {
        rest.removeFirst()
        arguments.append(argument + [UInt8(ascii: "=")] + mode)
      } else {
        append(["--progress=always"])
      }
    } else if argument == Array("--no-progress".utf8) {
      append(["--progress=never"])
    } else {
      arguments.append(argument)
    }
  }

  /// Adds what stands after the hyphen of short options.
  private mutating func addShort(_ joined: ArraySlice<UInt8>, _ rest: inout ArraySlice<[UInt8]>) {
    var joined = joined
    while let letter = joined.popFirst() {
      let character = Character(Unicode.Scalar(letter))
      if let long = Self.valued[character] {
        guard let value = joined.isEmpty ? rest.popFirst() : Array(joined) else {
          return append([long])
        }
        return arguments.append(Array("\(long)=".utf8) + value)
      }
      append([("5"..."9").contains(character) ? "-4" : "-\(character)"])
    }
  }

  private mutating func append(_ texts: [String]) {
    arguments += texts.map { Array($0.utf8) }
  }
}
