// SPDX-License-Identifier: Apache-2.0

/// Says which parts of a content have models in common: for an encoder, whose choice the plan tells the
/// decoder.
enum PartGroups {
  /// Groups of one content at most: each has models of its own, which take memory.
  static let most = 6
  /// What a part must have to be worth models of its own.
  private static let leastOfOwn = 16_384
  /// What a type must have.
  private static let leastOfType = 4096

  /// Gives each part its group: a group a content type, but of large binary parts one a record length, as
  /// what one kind of record teaches is wrong for another.
  static func assign(_ root: inout ContentNode) {
    joinFew(&root)
    let parts = root.parts
    var counts: [(description: ContentDescription, count: Int)] = []
    for part in parts {
      let key = key(part.description, count: part.count)
      if let index = counts.firstIndex(where: { $0.description == key }) {
        counts[index].count += part.count
      } else {
        counts.append((key, part.count))
      }
    }
    // Models in common are kept for each type, and the largest others have their own.
    let common = counts.filter { $0.description.recordLength == 0 }.map(\.description)
    let types = Set(parts.map(\.description.type.rawValue))
    let own = counts.filter { $0.description.recordLength > 0 }.sorted { $0.count > $1.count }
      .prefix(max(most - types.count, 0)).map(\.description)
    var groups: [ContentDescription] = []
    root.forEachPart { part in
      var key = key(part.description, count: part.count)
      if !common.contains(key), !own.contains(key) { key.recordLength = 0 }
      if !groups.contains(key) { groups.append(key) }
      part.group = groups.firstIndex(of: key) ?? 0
    }
  }

  /// Gives few bytes to the type of most others: models of their own would learn nothing of them.
  private static func joinFew(_ root: inout ContentNode) {
    let parts = root.parts
    for type in ContentType.allCases {
      let count = parts.filter { $0.description.type == type }.byteCount
      guard count < leastOfType,
        let larger = parts.max(by: { $0.count < $1.count }), larger.description.type != type
      else { continue }
      root.forEachPart { part in
        if part.description.type == type {
          part.description = ContentDescription(type: larger.description.type)
        }
      }
    }
  }

  private static func key(_ description: ContentDescription, count: Int) -> ContentDescription {
    let hasOwn = description.type == .binary && count >= leastOfOwn
    return ContentDescription(
      type: description.type, recordLength: hasOwn ? description.recordLength : 0)
  }
}
