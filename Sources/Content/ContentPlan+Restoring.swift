// SPDX-License-Identifier: Apache-2.0

import Deflate
import Serialisation

extension ContentPlan {
  /// A frame's bytes from the coded ones.
  ///
  /// - Parameter count: How many there must be.
  /// - Throws: ``FormatError`` with the code `corruptContent` if the plan cannot be followed, or gives
  ///   another number of bytes.
  package func restore(_ coded: [UInt8], count: Int) throws -> [UInt8] {
    let unfolded = root.parts.byteCount
    guard coded.count + repeats.reduce(0, { $0 + $1.length }) == unfolded else {
      throw FormatError.corruptContent
    }
    var restoration = Restoration(
      unfolded: repeats.isEmpty ? coded : repeats.restored(to: coded, count: unfolded),
      reconstructions: reconstructions[...], packedLeft: count + 2 * unfolded + 65_536)
    let content = try restoration.bytes(of: root)
    guard content.count == count else { throw FormatError.corruptContent }
    return content
  }
}

/// Makes a node's bytes, children first.
private struct Restoration {
  let unfolded: [UInt8]
  var reconstructions: ArraySlice<[UInt8]>
  /// The bytes that streams may still have, all together: streams within streams count at each level, and
  /// stored blocks are a little longer than their content.
  var packedLeft: Int
  private var place = 0

  init(unfolded: [UInt8], reconstructions: ArraySlice<[UInt8]>, packedLeft: Int) {
    self.unfolded = unfolded
    self.reconstructions = reconstructions
    self.packedLeft = packedLeft
  }

  mutating func bytes(of node: ContentNode) throws -> [UInt8] {
    var own = unfolded[place..<place + node.ownCount]
    place += node.ownCount
    guard !node.children.isEmpty else { return Array(own) }
    var result: [UInt8] = []
    for child in node.children {
      result += own.prefix(child.gap)
      own = own.dropFirst(child.gap)
      var rest = try bytes(of: child)[...]
      if case .deflateChunks(let pieces) = child.transform {
        for piece in pieces {
          guard piece <= rest.count else { throw FormatError.corruptContent }
          result += rest.prefix(piece) + own.prefix(ContentTransform.chunkGap)
          rest = rest.dropFirst(piece)
          own = own.dropFirst(ContentTransform.chunkGap)
        }
      }
      result += rest
    }
    return result + own
  }

  private mutating func bytes(of child: ContentChild) throws -> [UInt8] {
    var reconstruction: [UInt8] = []
    if child.transform.isPacked {
      guard let next = reconstructions.popFirst() else { throw FormatError.corruptContent }
      reconstruction = next
    }
    let content = try bytes(of: child.node)
    switch child.transform {
    case .none: return content
    case .filteredRows(let filters):
      guard content.count.isMultiple(of: filters.rowBytes), filters.pixelBytes <= filters.rowBytes
      else { throw FormatError.corruptContent }
      return filters.apply(to: content)
    case .deflate, .deflateChunks:
      let stream = try? DeflateReconstruction.restore(
        content: content, reconstruction: reconstruction, limits: ContentPlan.deflateLimits)
      packedLeft -= stream?.count ?? 0
      guard let stream, packedLeft >= 0 else { throw FormatError.corruptContent }
      return stream
    }
  }
}
