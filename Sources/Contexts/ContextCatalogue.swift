// SPDX-License-Identifier: Apache-2.0

import Content

/// What is known of a context besides its hash.
package struct ContextDescription: Sendable {
  /// Its name, for people.
  package let name: String
  /// The two values that are hashed, as docs/NUMERICS.md writes them; the second one empty if it is 0.
  package let formula: (a: String, b: String)
  /// What it is used for besides the experts.
  package let roles: ContextRoles
}

/// The contexts of a content type by their numbers, from their declarations.
package struct ContextCatalogue: Sendable {
  /// All contexts.
  package let contexts: [ContextDescription]

  private static let text = ContextCatalogue(collecting: .text)
  private static let binary = ContextCatalogue(collecting: .binary)

  /// The contexts of a content type.
  package static func of(_ type: ContentType) -> ContextCatalogue { type == .text ? text : binary }

  private struct Collector: ContextVisitor {
    var contexts: [ContextDescription] = []

    mutating func add(
      _ name: StaticString, _ a: ContextFormula, _ b: ContextFormula,
      _ roles: @autoclosure () -> ContextRoles
    ) {
      contexts.append(
        ContextDescription(
          name: "\(name)", formula: (a.text, b.text == "0" ? "" : b.text), roles: roles()))
    }
  }

  private init(collecting type: ContentType) {
    var collector = Collector()
    ContextInputs.names.declare(type, .rich, to: &collector)
    contexts = collector.contexts
  }

  /// The numbers of the contexts that have a role.
  package func numbers(_ role: ContextRoles) -> [Int] {
    contexts.indices.filter { contexts[$0].roles.contains(role) }
  }
}

/// Which contexts there are for a content type.
extension ContentType {
  /// The number of contexts.
  package var contextCount: Int { ContextCatalogue.of(self).contexts.count }

  /// The contexts in which experts learn, by their numbers.
  ///
  /// - Parameters:
  ///   - set: The set of experts.
  ///   - reduced: Those that experts need beside an untrained network, which make it no slower than they
  ///     must.
  package func expertContexts(_ set: ExpertSet, reduced: Bool) -> [Int] {
    let catalogue = ContextCatalogue.of(self)
    let left =
      (reduced ? catalogue.numbers(.dispensable) : [])
      + (set == .rich ? [] : catalogue.numbers(.rich))
    return (0..<contextCount).filter { !left.contains($0) }
  }

  /// The contexts that a network embeds, by their numbers.
  ///
  /// - Parameter reduced: Those that an untrained network needs beside experts: these see many
  ///   contexts, so that more make it slower and no better.
  package func embeddedContexts(reduced: Bool) -> [Int] {
    ContextCatalogue.of(self).numbers(reduced ? .embeddedUntrained : .embedded)
  }
}
