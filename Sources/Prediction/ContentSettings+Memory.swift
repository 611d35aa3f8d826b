// SPDX-License-Identifier: Apache-2.0

extension ContentSettings {
  /// Memory that a frame of several groups may take: what decoders allow unless they are told otherwise, less
  /// room for the payload.
  private static let greatestBytes = 960 << 20

  /// The same within that memory: as many groups as it takes, from the smallest on, have the smallest network
  /// only, and if that is not enough none.
  func fitted(_ options: PredictorOptions) -> ContentSettings {
    guard groups.count > 1, let alone = options.expertsAlone else { return self }
    var result = self
    let order = groups.indices.sorted {
      parts.of(group: $0).byteCount < parts.of(group: $1).byteCount
    }
    func replace(_ index: Int, _ options: PredictorOptions, _ rates: LearningRates) {
      guard result.requiredBytes(payloadSize: contentSize) > Self.greatestBytes else { return }
      var groups = result.groups
      groups[index] = PredictorSettings(
        options, parts: parts.of(group: index), isAlone: false, rates: rates)
      result = ContentSettings(parts: parts, groups: groups)
    }
    for index in order {
      if case .trained(let trained, let rates) = groups[index].networks,
        let smallest = options.smallestNetwork, trained.selection != .none
      {
        replace(index, smallest, rates)
      }
    }
    for index in order.dropLast() { replace(index, alone, .standard) }
    return result
  }
}
