// SPDX-License-Identifier: Apache-2.0

/// What people are told of a part.
package struct PartSummary: Hashable, Sendable {
  /// The part's bytes among the unfolded ones.
  package let range: Range<Int>
  package let description: ContentDescription
  package let group: Int
  /// What was undone to get the part, the outermost first: "deflate" and "PNG filters".
  package let transforms: [String]

  /// Sums up a content of one part.
  package init(_ part: ContentPart) {
    self.init(0..<part.count, part, [])
  }

  private init(_ range: Range<Int>, _ part: ContentPart, _ transforms: [String]) {
    self.range = range
    description = part.description
    group = part.group
    self.transforms = transforms
  }

  /// Sums up the parts of a plan, in the order of the unfolded bytes.
  package static func parts(of plan: ContentPlan) -> [PartSummary] {
    var (parts, end) = ([PartSummary](), 0)
    func add(_ node: ContentNode, _ transforms: [String]) {
      for part in node.own {
        parts.append(PartSummary(end..<end + part.count, part, transforms))
        end += part.count
      }
      for child in node.children {
        add(child.node, transforms + (child.transform.name.map { [$0] } ?? []))
      }
    }
    add(plan.root, [])
    return parts
  }
}

extension ContentTransform {
  fileprivate var name: String? {
    switch self {
    case .none: nil
    case .deflate, .deflateChunks: "deflate"
    case .filteredRows: "PNG filters"
    }
  }
}
