// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// A part of the content, such as 0-99, 500- or 7-7, both ends included.
struct ByteRange: ExpressibleByArgument {
  let range: Range<Int>

  init?(argument: String) {
    let ends = argument.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    guard ends.count == 2, let first = Self.number(ends[0]) else { return nil }
    guard !ends[1].isEmpty else {
      range = first..<Int.max
      return
    }
    guard let last = Self.number(ends[1]), first <= last, last < Int.max else { return nil }
    range = first..<last + 1
  }

  private static func number(_ digits: String) -> Int? {
    digits.allSatisfy { $0.isASCII && $0.isNumber } ? Int(digits) : nil
  }
}

/// What is restored of an archive.
struct PartOptions: ParsableArguments {
  enum Holes: String, CaseIterable, ExpressibleByArgument {
    case zeros, omit
  }

  @Option(
    help: """
      Restore the bytes A-B of the content alone, from 0, both included, or from A- to the end; to \
      standard output unless -o is given. Decodes only the frames that have them.
      """)
  var range: ByteRange?

  @Flag(
    help:
      "Restore every whole frame of a damaged archive, say what is lost, and exit with 1 if anything is."
  )
  var keepGoing = false

  @Option(
    help: "With --keep-going: what stands for lost content whose size is known, zeros or omit.")
  var holes = Holes.zeros

  @Flag(
    help: """
      With --keep-going: say what is lost as JSON, on standard output, or on standard error if the \
      content goes there.
      """)
  var json = false

  func validate() throws {
    if range != nil && keepGoing {
      throw ValidationError("--range and --keep-going exclude each other.")
    }
    if json && !keepGoing { throw ValidationError("--json goes with --keep-going.") }
  }
}
