// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Prints the manual, made of what `--help` is made of: for those who package the program.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual",
    abstract: "Print the manual page, or as Markdown.",
    shouldDisplay: false)

  @Flag(help: "Print the options as Markdown, for docs/CLI.md.")
  var markdown = false

  func run() throws {
    let dump = try JSONDecoder().decode(
      HelpDump.self, from: Data(LSTMZip._dumpHelp().utf8))
    Standard.write(
      markdown ? MarkdownManual.text(of: dump.command) : ManualPage.text(of: dump.command),
      to: 1)
  }
}
