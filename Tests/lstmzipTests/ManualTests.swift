// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Help, manual page, completions and docs/CLI.md say the same.
@Suite struct ManualTests {
  private static let commands = [
    "compress", "decompress", "test", "info", "bench", "train", "filter",
  ]

  private func print(_ arguments: String...) throws -> String {
    let result = try CommandLineRun().run(arguments)
    #expect(result.status == 0)
    return String(decoding: result.output, as: UTF8.self)
  }

  /// The long options that a command's help shows.
  private func options(of command: String) throws -> Set<String> {
    let help = try print(command, "--help")
    let options = help.split(separator: "\n").filter { $0.hasPrefix("  -") }.flatMap { line in
      // The names end where two blanks, or the line, are.
      line.dropFirst(2).split(separator: "  ")[0].split(whereSeparator: { " ,/<>".contains($0) })
        .filter { $0.hasPrefix("--") }.map(String.init)
    }
    return Set(options).subtracting(["--version", "--help"])
  }

  @Test func manualPageHasAllOptions() throws {
    let page = try print("manual").replacingOccurrences(of: "\\-", with: "-")
    for command in Self.commands {
      let start = try #require(page.range(of: ".SS \"lstmzip \(command)"))
      let rest = page[start.upperBound...]
      let section = rest.range(of: "\n.S").map { rest[..<$0.lowerBound] } ?? rest
      let options = try options(of: command)
      #expect(options.count > 4)
      for option in options {
        #expect(section.contains("\\fB\(option)\\fR"), "\(command) \(option)")
      }
    }
    #expect(page.hasPrefix(".\\\"") && page.contains(".TH LSTMZIP 1"))
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func completionsHaveAllOptions(shell: String) throws {
    let script = try print("--generate-completion-script", shell)
    for command in Self.commands {
      #expect(script.contains(command))
      for option in try options(of: command) {
        let name = shell == "fish" ? "-l '\(option.dropFirst(2))'" : option
        let isThere = script.contains(name) || script.contains("-l \(option.dropFirst(2))")
        #expect(isThere, "\(shell) \(command) \(option)")
      }
    }
  }

  @Test func documentHasAllOptions() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../docs/CLI.md")
    let document = try String(contentsOf: file, encoding: .utf8)
    let tables = try print("manual", "--markdown")
    #expect(document.contains(tables), "run \"make manual\"")
    for command in Self.commands {
      #expect(document.contains("### lstmzip \(command)\n"))
      for option in try options(of: command) { #expect(document.contains("`\(option)`")) }
    }
    for variable in ["LSTMZIP_LEVEL", "LSTMZIP_THREADS", "LSTMZIP_SIMD", "LSTMZIP_MODELS"] {
      #expect(document.contains(variable))
    }
  }
}
