// SPDX-License-Identifier: Apache-2.0

import CMixing

/// What mixing has learned that serves other contents too: how far to trust which context, how likely a
/// bit is after which history. Not what the experts know of the content's own bytes.
extension ContextMixer {
  /// How many updates a taught probability counts for: histories and matches.
  private static let taughtUpdates: UInt32 = 24

  /// The parameters in numbers of 16 bits; two mixers of one content type, with the same number of
  /// auxiliary inputs, have as many: weights, then the upper halves of probabilities.
  package var trainedParameters: [UInt16] {
    layers.flatMap(\.trainedParameters)
      + (countedEntries + refiningEntries).flatMap { entries in
        entries.map { UInt16(truncatingIfNeeded: $0 >> 16) }
      }
  }

  /// Starts with the parameters of another mixer; in one that has seen nothing.
  ///
  /// - Returns: Whether they were of a mixer like this one; nothing changes if not.
  package func adopt(_ parameters: [UInt16]) -> Bool {
    let entries = countedEntries + refiningEntries
    let count = layers.map(\.trainedParameterCount).reduce(0, +) + entries.map(\.count).reduce(0, +)
    guard count == parameters.count else { return false }
    var rest = parameters[...]
    for layer in layers {
      layer.start(with: rest.prefix(layer.trainedParameterCount))
      rest = rest.dropFirst(layer.trainedParameterCount)
    }
    for (index, buffer) in entries.enumerated() {
      let isCounted = index < countedEntries.count
      for (position, value) in zip(buffer.indices, rest) {
        buffer[position] = UInt32(value) << 16 | (isCounted ? Self.taughtUpdates : 0)
      }
      rest = rest.dropFirst(buffer.count)
    }
    // The entry of a new context says nothing, whatever was learned.
    for expert in 0..<experts.count {
      experts.entries[expert * Int(CMIXING_HISTORIES)] = CMIXING_NEW_ENTRY
    }
    return true
  }

  private var layers: [MixerLayer] { [firstLayer, lastLayer] }

  /// Probabilities that count their updates: of the experts' histories and of matches.
  private var countedEntries: [UnsafeMutableBufferPointer<UInt32>] {
    [
      UnsafeMutableBufferPointer(
        start: experts.entries, count: experts.count * Int(CMIXING_HISTORIES)),
      UnsafeMutableBufferPointer(start: longMatch.pointee.entries, count: MatchModel.entryCount),
      UnsafeMutableBufferPointer(start: shortMatch.pointee.entries, count: MatchModel.entryCount),
    ]
  }

  /// Probabilities that do not: of the maps that correct auxiliary inputs.
  private var refiningEntries: [UnsafeMutableBufferPointer<UInt32>] {
    auxiliary.map { input in
      UnsafeMutableBufferPointer(start: input.map.entries, count: input.map.entryCount)
    }
  }
}
