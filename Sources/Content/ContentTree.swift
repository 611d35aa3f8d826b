// SPDX-License-Identifier: Apache-2.0

/// Bytes of which some come from other bytes: those of a container and of what it contains.
///
/// A node's bytes are its own ones and, in their places among them, those of its children after each
/// child's transform. Unfolded, a node is its own bytes and then its children's nodes in order.
package struct ContentNode: Hashable, Sendable {
  /// What the node's own bytes are.
  package var own: [ContentPart]
  package var children: [ContentChild]

  /// Makes a node.
  package init(own: [ContentPart], children: [ContentChild] = []) {
    self.own = own
    self.children = children
  }
}

/// A node within another one.
package struct ContentChild: Hashable, Sendable {
  /// The parent's own bytes between the child before, or the beginning, and this one.
  package var gap: Int
  package var transform: ContentTransform
  package var node: ContentNode

  /// Makes a child.
  package init(gap: Int, transform: ContentTransform, node: ContentNode) {
    self.gap = gap
    self.transform = transform
    self.node = node
  }
}

/// What is done to a node's bytes before they are part of its parent's.
package enum ContentTransform: Hashable, Sendable {
  /// Nothing: a member of a container that is stored as it is.
  case none
  /// They are packed as a deflate stream; the next reconstruction says how.
  case deflate
  /// The same, and the stream is cut into pieces, between which lie 12 of the parent's own bytes each:
  /// data chunks of a PNG file. The lengths are those of all pieces but the last.
  case deflateChunks([Int])
  /// They are the filter of each row, and then the rows as they were before it (PNG, section 9).
  case filteredRows(RowFilters)
}

extension ContentNode {
  /// The node's own bytes.
  package var ownCount: Int { own.byteCount }

  /// The parts of the unfolded node.
  package var parts: [ContentPart] {
    var parts: [ContentPart] = []
    collect(&parts)
    return parts
  }

  /// Calls `body` with each of the unfolded node's parts, to change it.
  mutating func forEachPart(_ body: (inout ContentPart) -> Void) {
    for index in own.indices { body(&own[index]) }
    for index in children.indices { children[index].node.forEachPart(body) }
  }

  private func collect(_ parts: inout [ContentPart]) {
    for part in own { parts.append(joining: part) }
    for child in children { child.node.collect(&parts) }
  }
}
