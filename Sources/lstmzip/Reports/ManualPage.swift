// SPDX-License-Identifier: Apache-2.0

/// The manual page, in the troff that man(7) describes.
enum ManualPage {
  /// The page of the program and all its commands.
  static func text(of program: HelpDump.Command) -> String {
    var lines = [
      ".\\\" Made by \"lstmzip manual\" from what --help prints.",
      ".TH LSTMZIP 1 \"\" \"\(escaped(Version.number))\" \"User Commands\"",
      ".SH NAME",
      "lstmzip, unlstmzip, lstmzcat \\- \(escaped(program.abstract ?? ""))",
      ".SH SYNOPSIS",
      ".B lstmzip",
      "[\\fICOMMAND\\fR] [\\fIOPTION\\fR]... [\\fIFILE\\fR]...",
      ".br",
      ".B unlstmzip",
      "[\\fIOPTION\\fR]... [\\fIFILE\\fR]...",
      ".br",
      ".B lstmzcat",
      "[\\fIOPTION\\fR]... [\\fIFILE\\fR]...",
      ".SH DESCRIPTION",
    ]
    lines += paragraphs(program.discussion)
    lines.append(".SH COMMANDS")
    for command in program.shownCommands {
      let operands = command.operands.compactMap(\.value).map { " [\($0)...]" }.joined()
      lines.append(".SS \"\(escaped("lstmzip \(command.commandName)\(operands)"))\"")
      lines += paragraphs(command.abstract)
      if let aliases = command.aliases, !aliases.isEmpty {
        lines += paragraphs("Also called \(aliases.joined(separator: ", ")).")
      }
      lines += paragraphs(command.discussion)
      for option in command.shownOptions {
        lines.append(".TP")
        let names = option.names?.map { "\\fB\(escaped($0.text))\\fR" } ?? []
        let value = option.value.map { " \\fI\(escaped($0))\\fR" } ?? ""
        lines.append(names.joined(separator: ", ") + value)
        lines.append(text(option.explanation))
      }
    }
    lines += [
      ".SH SEE ALSO", ".BR xz (1),", ".BR zstd (1),", ".BR tar (1)",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private static func paragraphs(_ discussion: String?) -> [String] {
    guard let discussion, !discussion.isEmpty else { return [] }
    return discussion.split(separator: "\n").flatMap { [".PP", text(String($0))] }
  }

  /// A line of text: one that begins with a point or an apostrophe would be a command.
  private static func text(_ line: String) -> String {
    let line = escaped(line)
    return line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" + line : line
  }

  private static func escaped(_ text: String) -> String {
    text.map { character in
      switch character {
      case "\\": "\\e"
      case "-": "\\-"
      case "\"": "\\(dq"
      default: String(character)
      }
    }.joined()
  }
}

/// The options as the tables of docs/CLI.md.
enum MarkdownManual {
  /// A section for each command.
  static func text(of program: HelpDump.Command) -> String {
    var lines: [String] = []
    for command in program.shownCommands {
      let aliases = command.aliases ?? []
      lines += ["### lstmzip \(command.commandName)", ""]
      if let abstract = command.abstract { lines += [escaped(abstract), ""] }
      if !aliases.isEmpty { lines += ["Also called \(aliases.joined(separator: ", ")).", ""] }
      if let discussion = command.discussion, !discussion.isEmpty {
        lines += [escaped(discussion), ""]
      }
      lines += ["| option | |", "|---|---|"]
      for option in command.shownOptions {
        let names = (option.names?.map(\.text) ?? []).map { "`\($0)`" }.joined(separator: ", ")
        let value = option.value.map { " `\($0)`" } ?? ""
        lines.append("| \(names)\(value) | \(escaped(option.explanation)) |")
      }
      lines.append("")
    }
    return lines.joined(separator: "\n")
  }

  private static func escaped(_ text: String) -> String {
    text.split(separator: "\n").joined(separator: " ")
      .replacing("|", with: "\\|").replacing("<", with: "&lt;")
  }
}
