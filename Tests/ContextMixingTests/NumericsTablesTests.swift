// SPDX-License-Identifier: Apache-2.0

import Content
import Foundation
import Testing

@testable import ContextMixing
@testable import Contexts

/// The tables of docs/NUMERICS.md that follow from declarations in the sources.
///
/// `make numerics` writes them; the test compares.
@Suite(.serialized) struct NumericsTablesTests {
  private static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../docs/NUMERICS.md").path

  static let tables: [(name: String, text: String)] = [
    ("contexts of text", contexts(.text)), ("contexts of binary content", contexts(.binary)),
    ("selectors", selectors()),
  ]

  private static func contexts(_ type: ContentType) -> String {
    let columns: [(String, ContextRoles)] = [
      ("trained", .embedded), ("untrained", .embeddedUntrained), ("left out", .dispensable),
      ("rich", .rich), ("direct", .direct), ("selects", .selects), ("selects last", .selectsLast),
    ]
    var lines = [
      "| | context | a | b | " + columns.map(\.0).joined(separator: " | ") + " |",
      "|---|---|---|---|" + String(repeating: "---|", count: columns.count),
    ]
    for (number, context) in ContextCatalogue.of(type).contexts.enumerated() {
      let roles = columns.map { context.roles.contains($0.1) ? "x" : "" }
      let cells = ["\(number)", context.name, context.formula.a, context.formula.b] + roles
      lines.append("| " + cells.joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n")
  }

  private struct Collector: SelectorVisitor {
    var lines = ["| layer | | selector | values |", "|---|---|---|---|"]
    private var counts = (first: 0, last: 0)

    mutating func first(
      _ formula: StaticString, below count: Int, _ phase: SelectorPhase,
      _ value: @autoclosure () -> Int
    ) {
      lines.append("| first | \(counts.first) | \(formula) | \(count) |")
      counts.first += 1
    }

    mutating func last(
      _ formula: StaticString, below count: Int, _ phase: SelectorPhase,
      _ value: @autoclosure () -> Int
    ) {
      lines.append("| last | \(counts.last) | \(formula) | \(count) |")
      counts.last += 1
    }
  }

  /// With one network.
  private static func selectors() -> String {
    var configuration = ContextConfiguration(ContentDescription(type: .text), contentSize: 0)
    configuration.auxiliaryInputs = 1
    configuration.expertSet = .rich
    let mixer = ContextMixer(ContextModel(configuration))
    var collector = Collector()
    MixerSelectors().declare(.text, .rich, auxiliary: mixer.auxiliary, to: &collector)
    return collector.lines.joined(separator: "\n")
  }

  @Test(arguments: tables)
  func documentIsCurrent(name: String, text: String) throws {
    var document = try String(contentsOfFile: Self.path, encoding: .utf8)
    let begin = try #require(document.range(of: "<!-- begin \(name) -->\n"))
    let end = try #require(document.range(of: "\n<!-- end \(name) -->"))
    let range = begin.upperBound..<end.lowerBound
    if ProcessInfo.processInfo.environment["LSTMZIP_UPDATE_DOCUMENTS"] != nil {
      document.replaceSubrange(range, with: text)
      try document.write(toFile: Self.path, atomically: true, encoding: .utf8)
    } else {
      #expect(document[range] == text, "run make numerics")
    }
  }
}
