// SPDX-License-Identifier: Apache-2.0

import Deflate

/// Finds a plan for a frame's bytes: for an encoder, which writes the plan in the frame.
package struct ContentPlanner {
  /// What is to be coded, of which parts it consists, and the plan to restore the frame from it; without a
  /// plan what is coded is the frame.
  package struct Result {
    package let plan: ContentPlan?
    package let coded: [UInt8]
    package let parts: [ContentPart]
  }

  /// Streams within streams are looked for so deep.
  private static let scannedDepth = 2
  /// A stream stays packed if more bytes than these, and as many more for each packed byte, would be
  /// coded of it: so the time for a frame is within a multiple of that for as many ordinary bytes.
  private static let greatestExpansion = 48
  private static let expansionAllowance = 4096

  private var unfolded: [UInt8] = []
  private var reconstructions: [[UInt8]] = []
  /// Where each of the frame's own streams begins, and what it unfolds to.
  private var extents: [(place: Int, unfolded: Range<Int>)] = []

  /// The plan for `bytes`.
  ///
  /// - Parameter unpacks: Whether packed streams are looked for.
  /// - Complexity: linear in the bytes and in what is unpacked, which is limited.
  package static func plan(_ bytes: [UInt8], unpacks: Bool) -> Result {
    var streams = unpacks ? scan(bytes) : []
    var attempts = 0
    while true {
      var planner = ContentPlanner()
      var root = planner.node(bytes[...], streams: streams[...], depth: 0)
      PartGroups.assign(&root)
      let repeats = RepeatFinder.find(planner.unfolded)
      attempts += 1
      // What is left packed takes others' repeats away: repeats soon count for nothing, so that this ends.
      let unfolded = Dictionary(
        uniqueKeysWithValues: planner.extents.map { extent in
          (
            extent.place,
            attempts < 3 ? repeats.countLeft(of: extent.unfolded) : extent.unfolded.count
          )
        })
      let count = streams.count
      streams.removeAll {
        unfolded[$0.extent.lowerBound, default: 0]
          > Self.expansionAllowance + $0.stream.compressedCount * Self.greatestExpansion
      }
      if streams.count == count { return planner.result(bytes, root, repeats) }
    }
  }

  private func result(_ bytes: [UInt8], _ root: ContentNode, _ repeats: [Repeat]) -> Result {
    if root.children.isEmpty && root.own.count <= 1 && repeats.isEmpty {
      return Self.whole(bytes, root.own.first?.description ?? .detect(bytes))
    }
    let plan = ContentPlan(root: root, repeats: repeats, reconstructions: reconstructions)
    let coded = repeats.removed(from: unfolded)
    // What a decoder does is done once here, its limits included: a mistake must not cost anybody data.
    guard let read = try? ContentPlan(bytes: plan.bytes), read == plan,
      coded.count <= ContentPlan.greatestUnfolded,
      let restored = try? read.restore(coded, count: bytes.count), restored == bytes
    else {
      return Self.whole(bytes, .detect(bytes))
    }
    return Result(plan: plan, coded: coded, parts: plan.codedParts)
  }

  private static func whole(_ bytes: [UInt8], _ description: ContentDescription) -> Result {
    Result(plan: nil, coded: bytes, parts: [ContentPart(description, count: bytes.count)])
  }

  private static func scan(_ bytes: [UInt8]) -> [LocatedStream] {
    bytes.withUnsafeBufferPointer { ContainerScanner.scan($0, limits: ContentPlan.deflateLimits) }
      .filter { stream in
        // Empty chunks between the others have no place in a plan.
        zip(stream.pieces, stream.pieces.dropFirst()).allSatisfy {
          $1.lowerBound - $0.upperBound == ContentTransform.chunkGap
        }
      }
  }

  /// The tree of `bytes`, which have `streams` within them; unfolds them.
  private mutating func node(
    _ bytes: ArraySlice<UInt8>, streams: ArraySlice<LocatedStream>, depth: Int,
    isMember: Bool = false
  ) -> ContentNode {
    // Members of a member are not looked for: archives may be within each other without end.
    if !isMember, let members = TarMembers.find(bytes) {
      return node(bytes, members: members, streams: streams, depth: depth)
    }
    guard !streams.isEmpty else { return leaf(bytes) }
    let own = ownBytes(of: bytes, without: streams.flatMap(\.pieces))
    var node = ContentNode(own: appendOwn(own))
    var place = bytes.startIndex
    for stream in streams {
      let start = unfolded.count
      let child = child(stream, gap: stream.extent.lowerBound - place, depth: depth)
      node.children.append(child)
      place = stream.extent.upperBound
      if depth == 0 {
        extents.append((stream.extent.lowerBound, start..<unfolded.count))
      }
    }
    return node
  }

  /// The tree of an archive that has `members`.
  private mutating func node(
    _ bytes: ArraySlice<UInt8>, members: [Range<Int>], streams: ArraySlice<LocatedStream>,
    depth: Int
  ) -> ContentNode {
    var node = ContentNode(own: appendOwn(ownBytes(of: bytes, without: members)))
    var rest = streams
    var place = bytes.startIndex
    for member in members {
      let first = rest.firstIndex { $0.extent.lowerBound >= member.lowerBound } ?? rest.endIndex
      let end =
        rest[first...].firstIndex { $0.extent.upperBound > member.upperBound } ?? rest.endIndex
      let child = self.node(bytes[member], streams: rest[first..<end], depth: depth, isMember: true)
      rest = rest[end...]
      node.children.append(
        ContentChild(gap: member.lowerBound - place, transform: .none, node: child))
      place = member.upperBound
    }
    return node
  }

  private mutating func child(_ stream: LocatedStream, gap: Int, depth: Int) -> ContentChild {
    reconstructions.append(stream.stream.reconstruction)
    let content = stream.stream.content
    let pieces = stream.pieces.dropLast().map(\.count)
    let transform: ContentTransform = pieces.isEmpty ? .deflate : .deflateChunks(pieces)
    if case .png(let rowBytes, let pixelBytes) = stream.container, rowBytes > 1 {
      let rows = rows(content, rowBytes: rowBytes, pixelBytes: pixelBytes)
      return ContentChild(gap: gap, transform: transform, node: rows)
    }
    let inner = depth + 1 < Self.scannedDepth ? Self.scan(content) : []
    return ContentChild(
      gap: gap, transform: transform,
      node: node(content[...], streams: inner[...], depth: depth + 1))
  }

  /// The tree of a PNG file's rows.
  private mutating func rows(_ content: [UInt8], rowBytes: Int, pixelBytes: Int) -> ContentNode {
    let (filters, rows) = RowFilters.removed(
      from: content[...], rowBytes: rowBytes, pixelBytes: pixelBytes)
    unfolded += rows
    let count = content.count / rowBytes
    let own = [
      ContentPart(ContentDescription(type: .binary), count: count),
      ContentPart(
        ContentDescription(type: .binary, recordLength: rowBytes - 1), count: content.count - count),
    ]
    return ContentNode(
      own: [],
      children: [
        ContentChild(
          gap: 0, transform: .filteredRows(filters), node: ContentNode(own: own))
      ])
  }

  private mutating func leaf(_ bytes: ArraySlice<UInt8>) -> ContentNode {
    unfolded += bytes
    return ContentNode(own: bytes.isEmpty ? [] : PartBoundaries.parts(of: bytes))
  }

  /// Unfolds a container's own bytes.
  private mutating func appendOwn(_ bytes: [UInt8]) -> [ContentPart] {
    unfolded += bytes
    var description = ContentDescription.detect(bytes)
    // Headers may have many zeros; they are no image.
    if description.type == .bilevel { description.type = .binary }
    return bytes.isEmpty ? [] : [ContentPart(description, count: bytes.count)]
  }

  private func ownBytes(of bytes: ArraySlice<UInt8>, without ranges: [Range<Int>]) -> [UInt8] {
    var (result, place) = ([UInt8](), bytes.startIndex)
    for range in ranges {
      result += bytes[place..<range.lowerBound]
      place = range.upperBound
    }
    return result + bytes[place...]
  }
}

extension [Repeat] {
  /// How many of the bytes of a range no repeat covers.
  fileprivate func countLeft(of range: Range<Int>) -> Int {
    var (place, left) = (0, range.count)
    for next in self {
      let start = place + next.gap
      place = start + next.length
      left -= Swift.max(Swift.min(place, range.upperBound) - Swift.max(start, range.lowerBound), 0)
    }
    return left
  }
}
