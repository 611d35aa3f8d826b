// SPDX-License-Identifier: Apache-2.0

/// What an experiment hands to the reader: lines of a table, and pictures by file name.
package struct Report {
  package var lines: [String] = []
  package var pictures: [(name: String, content: String)] = []

  /// Adds a line of cells, each of at least ten columns.
  mutating func row(_ cells: String...) {
    let padded = cells.map { $0 + String(repeating: " ", count: max(0, 10 - $0.count)) }
    lines.append(padded.joined(separator: "  "))
  }

  mutating func picture(_ name: String, _ width: Int, _ height: Int, _ parts: String...) {
    pictures.append((name + ".svg", SVG.picture(width, height, parts)))
  }
}
