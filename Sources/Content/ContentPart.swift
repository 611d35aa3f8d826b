// SPDX-License-Identifier: Apache-2.0

/// Successive bytes of a content of which the models are told the same.
package struct ContentPart: Hashable, Sendable {
  /// The number of the models that predict them: the parts of a group have one content type and one set of
  /// models, which go on from part to part.
  package var group: Int
  /// What the bytes are.
  package var description: ContentDescription
  /// How many they are.
  package var count: Int

  /// Makes a part.
  package init(_ description: ContentDescription, count: Int, group: Int = 0) {
    self.group = group
    self.description = description
    self.count = count
  }
}

extension [ContentPart] {
  /// The bytes of all parts.
  package var byteCount: Int { reduce(0) { $0 + $1.count } }

  /// The number of groups: one more than the greatest group's.
  package var groupCount: Int { reduce(0) { Swift.max($0, $1.group + 1) } }

  /// The parts of a group.
  package func of(group: Int) -> [ContentPart] { filter { $0.group == group } }

  /// Appends a part, which goes on with the last one if both are told the same.
  mutating func append(joining part: ContentPart) {
    if part.count == 0 { return }
    if let last, last.description == part.description, last.group == part.group {
      self[count - 1].count += part.count
    } else {
      append(part)
    }
  }

}
