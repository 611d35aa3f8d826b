// SPDX-License-Identifier: Apache-2.0

import Content
import Synchronization

/// Contexts that are switched off in this process, to measure what each brings.
///
/// A context without its values is the same everywhere: whoever uses it learns nothing from it. Archives
/// that are made so can be restored only so.
package enum ContextAblation {
  private static let names = Mutex<[String]>([])

  /// Switches off the contexts of these names, in all content types that have them, for all that is made
  /// from then on.
  ///
  /// - Returns: The first name that no context has; then nothing changes.
  package static func switchOff(_ wanted: [String]) -> String? {
    let known = ContentType.allCases.flatMap { ContextCatalogue.of($0).contexts.map(\.name) }
    if let unknown = wanted.first(where: { !known.contains($0) }) { return unknown }
    names.withLock { $0 = wanted }
    return nil
  }

  /// The numbers of the contexts of a type that are switched off.
  static func numbers(_ type: ContentType) -> [Int] {
    let wanted = names.withLock { $0 }
    guard !wanted.isEmpty else { return [] }
    let contexts = ContextCatalogue.of(type).contexts
    return contexts.indices.filter { wanted.contains(contexts[$0].name) }
  }
}
