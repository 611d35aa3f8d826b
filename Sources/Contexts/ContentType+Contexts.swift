import Content

/// Which contexts there are for a content type.
extension ContentType {
  /// The number of contexts.
  package var contextCount: Int { self == .text ? 24 : 40 }

  /// The contexts in which experts learn, by their numbers in the order of ``ContextModel/hashes``.
  ///
  /// - Parameter reduced: Those that experts need beside an untrained network. It and the direct
  ///   probabilities know what short contexts of text say: more take time and save nothing.
  package func expertContexts(reduced: Bool) -> [Int] {
    let all = 0..<contextCount
    guard reduced, self == .text else { return Array(all) }
    return all.filter { ![1, 2, 3, 4, 5, 8, 15, 20].contains($0) }
  }

  /// The contexts that a network embeds, by their numbers in the order of ``ContextModel/hashes``.
  ///
  /// - Parameter reduced: Those that an untrained network needs beside experts: these see many
  ///   contexts, so that more make it slower and no better.
  package func embeddedContexts(reduced: Bool) -> [Int] {
    if reduced {
      switch self {
      case .text: return [4, 9, 10]
      case .binary, .bilevel: return [2, 11, 14, 24, 30]
      }
    }
    switch self {
    case .text: return [2, 3, 4, 5, 6, 8, 9, 10, 11, 14, 15, 16, 17, 19, 20, 21]
    case .binary, .bilevel: return [2, 3, 4, 6, 8, 9, 11, 12, 14, 15, 17, 19, 24, 26, 29, 30]
    }
  }
}
