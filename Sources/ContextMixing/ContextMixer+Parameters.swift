import CMixing

/// What experts have learned that serves other contents too: how far to trust which context, how
/// likely a bit is after which history. Not what they know of the content's own bytes.
extension ContextMixer {
  /// The parameters in numbers of 16 bits; two mixers of one content type, with the same number of
  /// auxiliary inputs, have as many.
  package var trainedParameters: [UInt16] {
    var values: [UInt16] = []
    visitParameters {
      values.append($0)
      return nil
    }
    return values
  }

  /// Starts with the parameters of another mixer; in one that has seen nothing.
  ///
  /// - Returns: Whether it was of a mixer like this one; nothing changes if not.
  package func adopt(_ parameters: [UInt16]) -> Bool {
    var count = 0
    visitParameters { _ in
      count += 1
      return nil
    }
    guard count == parameters.count else { return false }
    var position = 0
    visitParameters { _ in
      defer { position += 1 }
      return parameters[position]
    }
    return true
  }

  /// How many updates a taught probability counts for: histories and matches.
  private static let taughtUpdates: UInt32 = 24

  /// Visits all that is passed on, in a fixed order; what `visit` returns takes its place.
  private func visitParameters(_ visit: (UInt16) -> UInt16?) {
    for layer in [layer, finalLayer] {
      layer.exchange { weight in
        visit(UInt16(bitPattern: weight) ^ 0x8000).map { Int16(bitPattern: $0 ^ 0x8000) }
          .map { max($0, -Int16.max) }
      }
    }
    if let entries = contexts.pointee.entries {
      let count = contextCount * Int(CMIXING_HISTORIES)
      for index in 0..<count {
        // That of a new context says nothing and stays as it is.
        var entry = entries[index]
        exchange(&entry, visit)
        if index % Int(CMIXING_HISTORIES) != 0 { entries[index] = entry }
      }
    }
    for match in [longMatch, shortMatch] {
      for index in 0..<MatchModel.entryCount { exchange(&match.entries[index], visit) }
    }
    for map in auxiliary.map(\.map) {
      for index in 0..<map.entryCount {
        if let taught = visit(UInt16(truncatingIfNeeded: map.entries[index] >> 16)) {
          map.entries[index] = UInt32(taught) << 16
        }
      }
    }
  }

  private func exchange(_ entry: inout UInt32, _ visit: (UInt16) -> UInt16?) {
    if let taught = visit(UInt16(truncatingIfNeeded: entry >> 16)) {
      entry = UInt32(taught) << 16 | Self.taughtUpdates
    }
  }
}
