// SPDX-License-Identifier: Apache-2.0

/// What the argument parser knows of the command line, as it describes it in JSON.
struct HelpDump: Decodable {
  struct Command: Decodable {
    var commandName: String
    var abstract: String?
    var discussion: String?
    var aliases: [String]?
    var arguments: [Argument]?
    var subcommands: [Command]?
    var shouldDisplay: Bool?
  }

  struct Argument: Decodable {
    struct Name: Decodable {
      var kind: String
      var name: String

      /// The name as it is written.
      var text: String { kind == "long" ? "--\(name)" : "-\(name)" }
    }

    var kind: String
    var names: [Name]?
    var abstract: String?
    var defaultValue: String?
    var valueName: String?
    var shouldDisplay: Bool?

    /// What the value is called, if there is one.
    var value: String? { kind == "flag" ? nil : valueName.map { "<\($0)>" } }

    /// What it does, with its default.
    var explanation: String {
      let text = abstract ?? ""
      guard let defaultValue, kind != "flag", !text.contains("(default") else { return text }
      return "\(text) (default: \(defaultValue))"
    }
  }

  var command: Command
}

extension HelpDump.Command {
  /// The commands that help shows.
  var shownCommands: [HelpDump.Command] {
    (subcommands ?? []).filter { $0.shouldDisplay != false && $0.commandName != "help" }
  }

  /// The options that help shows, without those that all commands have.
  var shownOptions: [HelpDump.Argument] {
    (arguments ?? []).filter {
      let names = $0.names?.map(\.name) ?? []
      return $0.shouldDisplay != false && !names.isEmpty && !names.contains("help")
        && !names.contains("version")
    }
  }

  /// What stands on a command line without a name.
  var operands: [HelpDump.Argument] {
    (arguments ?? []).filter { $0.kind == "positional" && $0.shouldDisplay != false }
  }
}
