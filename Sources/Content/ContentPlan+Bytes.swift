// SPDX-License-Identifier: Apache-2.0

import ArithmeticCoder
import Deflate
import Serialisation

/// A plan as a frame holds it.
extension ContentPlan {
  /// The most bytes that a plan may have.
  package static let longest = 1 << 28

  /// The bytes: the size of the structure, the structure, and the reconstructions.
  package var bytes: [UInt8] {
    var coder = PlanCoder(DecisionEncoder())
    // An encoder throws nothing.
    let _ = try? coder.code(self)
    let structure = coder.coder.encoder.finish()
    var writer = ByteWriter()
    writer.appendVarint(structure.count)
    writer.append(structure)
    for reconstruction in reconstructions { writer.append(reconstruction) }
    return writer.bytes
  }

  /// Reads a plan.
  ///
  /// - Throws: ``FormatError`` if the bytes are no plan.
  package init(bytes: [UInt8]) throws {
    var reader = ByteReader(bytes)
    do {
      let structure = try reader.bytes(count: reader.varint(limit: bytes.count))
      var coder = PlanCoder(DecisionDecoder(decoder: BinaryDecoder(structure)))
      coder.unfoldedLeft = Self.greatestUnfolded
      coder.itemsLeft = Self.fewItems + Self.itemsPerByte * structure.count
      let plan = try coder.code(ContentPlan(root: .init(own: []), repeats: [], reconstructions: []))
      try coder.coder.decoder.finish()
      let reconstructions = try coder.reconstructionSizes.map { try reader.bytes(count: $0) }
      guard try reader.isAtEnd() else { throw FormatError.invalidPlan }
      self.init(root: plan.root, repeats: plan.repeats, reconstructions: reconstructions)
    } catch {
      throw FormatError.invalidPlan
    }
  }
}

extension FormatError {
  /// A plan that no encoder makes.
  static let invalidPlan = FormatError.corruptHeader("the plan of a frame is not valid")
}

/// Codes a plan's structure: one text for both directions, see ``DecisionCoder``.
private struct PlanCoder<Coder: DecisionCoder> {
  var coder: Coder
  /// The bytes that may still be unfolded, and the nodes, parts, pieces and repeats that may still come.
  var unfoldedLeft = Int.max
  var itemsLeft = Int.max
  /// The sizes of the reconstructions that came.
  private(set) var reconstructionSizes: [Int] = []
  private var place = 0
  private var groups: [ContentType] = []
  private var lastPart = ContentPart(ContentDescription(type: .text), count: 0)
  private var lastRows = RowFilters(rowBytes: 1, pixelBytes: 1, subtractsGreen: false)

  private let types = AdaptiveBits(16)
  private let groupNumbers = AdaptiveBits(16 * 16)
  private let transforms = AdaptiveBits(4)
  private let flags = AdaptiveBits(4)
  private let numbers: [AdaptiveBits] = Number.allCases.map { _ in AdaptiveBits(64) }

  /// The kinds of numbers, each with probabilities of its own.
  private enum Number: Int, CaseIterable {
    case parts, firstCount, count, recordLength, children, gap, pieces, pieceLength, rowBytes
    case pixelBytes, reconstruction, repeats, repeatGap, repeatLength, repeatDistance
  }

  init(_ coder: Coder) { self.coder = coder }

  private mutating func number(_ value: Int, _ kind: Number) throws -> Int {
    try coder.codeNumber(value, numbers[kind.rawValue][0])
  }

  mutating func code(_ plan: ContentPlan) throws -> ContentPlan {
    reconstructionSizes = plan.reconstructions.map(\.count)
    try codeGroups(plan.root.parts)
    let root = try code(plan.root, depth: 1)
    let unfolded = root.parts.byteCount
    var repeats: [Repeat] = []
    var end = 0
    for index in 0..<(try number(plan.repeats.count, .repeats)) {
      try spendItem()
      let old =
        Coder.decodes ? Repeat(gap: 0, length: 0, distance: 0) : plan.repeats[index]
      let next = Repeat(
        gap: try number(old.gap, .repeatGap), length: try number(old.length, .repeatLength),
        distance: try number(old.distance, .repeatDistance))
      guard next.length > 0, next.distance > 0, next.distance <= end + next.gap,
        end + next.gap + next.length <= unfolded
      else { throw FormatError.invalidPlan }
      end += next.gap + next.length
      repeats.append(next)
    }
    return ContentPlan(root: root, repeats: repeats, reconstructions: [])
  }

  private mutating func code(_ node: ContentNode, depth: Int) throws -> ContentNode {
    try spendItem()
    guard depth <= ContentPlan.greatestDepth else { throw FormatError.invalidPlan }
    var result = ContentNode(own: [])
    for index in 0..<(try number(node.own.count, .parts)) {
      let old = Coder.decodes ? lastPart : node.own[index]
      result.own.append(try code(old, isFirst: index == 0))
    }
    var ownLeft = result.ownCount
    for index in 0..<(try number(node.children.count, .children)) {
      let old =
        Coder.decodes
        ? ContentChild(gap: 0, transform: .none, node: ContentNode(own: [])) : node.children[index]
      let gap = try number(old.gap, .gap)
      let transform = try code(old.transform)
      ownLeft -= gap + transform.bytesBetweenPieces
      guard ownLeft >= 0 else { throw FormatError.invalidPlan }
      result.children.append(
        ContentChild(
          gap: gap, transform: transform, node: try code(old.node, depth: depth + 1)))
    }
    return result
  }

  private mutating func code(_ part: ContentPart, isFirst: Bool) throws -> ContentPart {
    try spendItem()
    let group = try coder.codeTree(part.group, width: 4, groupNumbers[lastPart.group * 16])
    guard group < groups.count else { throw FormatError.invalidPlan }
    var recordLength = 0
    if groups[group] != .text {
      let (old, last) = (part.description.recordLength, lastPart.description.recordLength)
      recordLength =
        try coder.code(old == last, flags[0]) ? last : try number(old, .recordLength)
      guard recordLength <= ContentDescription.maximumRecordLength else {
        throw FormatError.invalidPlan
      }
    }
    let count = try number(part.count, isFirst ? .firstCount : .count)
    unfoldedLeft -= count
    guard unfoldedLeft >= 0, count > 0 else { throw FormatError.invalidPlan }
    lastPart = ContentPart(
      ContentDescription(type: groups[group], recordLength: recordLength), count: count,
      group: group)
    return lastPart
  }

  /// The content types of the groups.
  private mutating func codeGroups(_ parts: [ContentPart]) throws {
    let count = 1 + (try coder.codeTree(max(parts.groupCount, 1) - 1, width: 4, types[0]))
    for group in 0..<count {
      let type = parts.first { $0.group == group }?.description.type ?? .text
      let number = try coder.codeTree(Int(type.rawValue), width: 4, types[0])
      guard let type = ContentType(rawValue: UInt8(number)) else { throw FormatError.invalidPlan }
      groups.append(type)
    }
  }

  private mutating func code(_ transform: ContentTransform) throws -> ContentTransform {
    let kind = try coder.codeTree(transform.number, width: 2, transforms[0])
    switch kind {
    case 0: return .none
    case 1:
      try codeReconstruction()
      return .deflate
    case 2:
      try codeReconstruction()
      var pieces: [Int] = []
      var last = 0
      let old: [Int] = if case .deflateChunks(let old) = transform { old } else { [] }
      for index in 0..<(try number(old.count, .pieces)) {
        let wanted = Coder.decodes ? 0 : old[index]
        if try !coder.code(wanted == last, flags[1]) { last = try number(wanted, .pieceLength) }
        pieces.append(last)
        try spendItem()
      }
      return .deflateChunks(pieces)
    default:
      if case .filteredRows(let filters) = transform { lastRows = filters }
      lastRows = RowFilters(
        rowBytes: try number(lastRows.rowBytes, .rowBytes),
        pixelBytes: try number(lastRows.pixelBytes, .pixelBytes),
        subtractsGreen: try coder.code(lastRows.subtractsGreen, flags[2]))
      guard lastRows.rowBytes > 0, lastRows.pixelBytes > 0 else { throw FormatError.invalidPlan }
      return .filteredRows(lastRows)
    }
  }

  private mutating func spendItem() throws {
    itemsLeft -= 1
    if itemsLeft < 0 { throw FormatError.invalidPlan }
  }

  private mutating func codeReconstruction() throws {
    let wanted = Coder.decodes ? 0 : reconstructionSizes[place]
    let size = try number(wanted, .reconstruction)
    guard size <= ContentPlan.longest else { throw FormatError.invalidPlan }
    if Coder.decodes { reconstructionSizes.append(size) }
    place += 1
  }
}

extension ContentTransform {
  /// The number in the format.
  fileprivate var number: Int {
    switch self {
    case .none: 0
    case .deflate: 1
    case .deflateChunks: 2
    case .filteredRows: 3
    }
  }

  /// Whether a reconstruction belongs to it.
  var isPacked: Bool { number == 1 || number == 2 }

  /// The parent's own bytes that lie within the child.
  package var bytesBetweenPieces: Int {
    if case .deflateChunks(let pieces) = self {
      pieces.count * ContentTransform.chunkGap
    } else {
      0
    }
  }

  /// The bytes between two data chunks of a PNG file: a checksum, a length and a type.
  static let chunkGap = 12
}
