// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Platform

/// How much is said on standard error.
struct MessageOptions: ParsableArguments {
  /// When progress is shown, and how.
  enum Progress: String, CaseIterable, ExpressibleByArgument {
    case auto, always, never, json
  }

  @Flag(name: .shortAndLong, help: "Print no warnings and no progress.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Print a line for each file.")
  var verbose = false

  @Option(
    help: """
      Show progress on standard error: auto (if it is a terminal), always, never, or json (a line of \
      JSON each time). --progress alone is always, --no-progress is never.
      """)
  var progress = Progress.auto
}
