// SPDX-License-Identifier: Apache-2.0

import Content
import TrainedModels

/// Chooses among settings by coding a sample with each: trained networks at several learning rates, an
/// untrained one, or experts alone.
package struct CandidateSettings {
  /// What the frame is coded with, should the candidate be chosen, and at which rates.
  private let options: PredictorOptions
  private let rates: LearningRates?
  /// What the samples are coded with.
  private let sampleOptions: PredictorOptions
  private var payload: [UInt8] = []
  private var sampleSize = 0
  /// Bytes that these settings would make of the whole content, if it went on as in the sample's second
  /// half: trained networks are ahead at first, and may fall behind.
  private var estimate = 0
  /// How many bytes the estimate changes with one byte of the sample's second half.
  private var uncertainty = 0

  private init(_ options: PredictorOptions, rates: LearningRates?) {
    self.options = options
    self.rates = rates
    sampleOptions = options.forSamples
  }

  /// The candidates for a content type.
  private static func candidates(
    _ type: ContentType, _ options: PredictorOptions
  ) -> [CandidateSettings] {
    var options = options
    if type == .binary && options.mayUseRichExperts { options.expertSet = .rich }
    var candidates = options.candidateRates(type).map { CandidateSettings(options, rates: $0) }
    if type == .text && options.mayUseRichExperts && options.hasExperts {
      var rich = options
      rich.expertSet = .rich
      candidates.append(CandidateSettings(rich, rates: .standard))
    }
    if type != .text, let alone = options.expertsAlone, candidates.count > 1 {
      candidates.append(CandidateSettings(alone, rates: .standard))
    }
    return candidates
  }

  /// Networks that bring less, in thousandths, are not worth their time: experts alone are several times as
  /// fast.
  private static let leastGain = 3

  /// The settings for a content, and its payload if finding them has made it.
  ///
  /// - Parameters:
  ///   - parts: What the content consists of.
  ///   - headerSize: The bytes that settings take in the header of a frame.
  ///   - report: Is called now and then; it throws to end the work.
  /// - Throws: What coding and `report` throw.
  package static func choose(
    _ content: [UInt8], parts: [ContentPart], options: PredictorOptions, threads: Int,
    headerSize: (PredictorSettings) -> Int, report: () throws -> Void
  ) throws -> (settings: ContentSettings, payload: [UInt8]?) {
    var groups: [PredictorSettings] = []
    var payload: [UInt8]?
    for group in 0..<max(parts.groupCount, 1) {
      let source = SampleSource(content, parts, group: group)
      let best = try choose(
        source, options: options, threads: threads, headerSize: headerSize, report: report)
      groups.append(best.settings)
      if source.isAlone { payload = best.payload }
    }
    let settings = ContentSettings(parts: parts, groups: groups)
    return (settings.fitted(options), payload)
  }

  /// The settings for the parts of a group, and the payload if finding them has made it.
  private static func choose(
    _ source: SampleSource, options: PredictorOptions, threads: Int,
    headerSize: (PredictorSettings) -> Int, report: () throws -> Void
  ) throws -> (settings: PredictorSettings, payload: [UInt8]?) {
    var candidates = candidates(source.type, options)
    for (size, tolerance) in samples(source.type) where candidates.count > 1 {
      let sample = source.sample(size)
      for index in candidates.indices where candidates[index].sampleSize < sample.content.count {
        try candidates[index].code(
          sample, of: source, threads: threads, headerSize: headerSize, report: report)
      }
      let least = candidates.map(\.estimate).min() ?? 0
      candidates.removeAll {
        ($0.estimate - $0.uncertainty) * 100 > least * (100 + tolerance)
      }
    }
    let best = candidates.min { $0.handicapped < $1.handicapped } ?? candidates[0]
    let chosen = source.settings(best.options, best.rates)
    let isWhole =
      best.sampleSize == source.count
      && source.settings(best.sampleOptions, best.rates) == chosen
    return (chosen, isWhole ? best.payload : nil)
  }

  /// The estimate, and a little more for the time of networks.
  private var handicapped: Int {
    let isAlone = options.network == nil && (options.trained?.selection ?? .none) == .none
    return isAlone ? estimate : estimate + estimate * Self.leastGain / 1000
  }

  /// Bytes of a content that are coded by all candidates, and more by those whose estimates are within so
  /// many percent of the best one.
  ///
  /// Of text few tell more, for trained models have seen much of it; rich experts, whom nobody taught, are
  /// behind at first.
  private static func samples(_ type: ContentType) -> [(size: Int, tolerance: Int)] {
    type == .text ? [(1 << 12, 6), (1 << 15, 0)] : [(1 << 12, 10), (1 << 17, 0)]
  }

  /// Codes a sample.
  private mutating func code(
    _ sample: (content: [UInt8], parts: [ContentPart]), of source: SampleSource, threads: Int,
    headerSize: (PredictorSettings) -> Int, report: () throws -> Void
  ) throws {
    // Of several parts none stands for what comes after it.
    let half = sample.parts.count > 1 ? 0 : sample.content.count / 2
    var firstHalf = 0
    let settings = source.settings(sampleOptions, rates)
    payload = try ContentCoder.encode(
      sample.content, settings: ContentSettings(parts: sample.parts, groups: [settings]),
      threads: threads
    ) { (done, payloadSize) in
      if done <= half { firstHalf = payloadSize }
      try report()
    }
    sampleSize = sample.content.count
    let (rest, secondHalf) = (source.count - sampleSize, max(sampleSize - half, 1))
    uncertainty = rest / secondHalf
    estimate =
      payload.count + (payload.count - firstHalf) * rest / secondHalf + headerSize(settings)
  }
}

/// The parts of a group, from which samples are taken.
private struct SampleSource {
  /// Whether the content has no other parts.
  let isAlone: Bool
  let type: ContentType
  /// Bytes of the group.
  let count: Int
  private let parts: [ContentPart]
  private let pieces: [ArraySlice<UInt8>]

  /// A part is not represented by less than this, so that a sample may be larger than asked for.
  private static let leastOfPart = 64

  init(_ content: [UInt8], _ parts: [ContentPart], group: Int) {
    var (place, pieces, own) = (0, [ArraySlice<UInt8>](), [ContentPart]())
    for part in parts {
      if part.group == group {
        own.append(ContentPart(part.description, count: part.count))
        pieces.append(content[place..<place + part.count])
      }
      place += part.count
    }
    isAlone = parts.count < 2
    type = own.first?.description.type ?? ContentDescription().type
    count = own.byteCount
    self.parts = own
    self.pieces = pieces
  }

  func settings(_ options: PredictorOptions, _ rates: LearningRates?) -> PredictorSettings {
    PredictorSettings(options, parts: parts, isAlone: isAlone, rates: rates)
  }

  /// The beginning of the group's only part, or of each its share.
  func sample(_ size: Int) -> (content: [UInt8], parts: [ContentPart]) {
    var (content, taken) = ([UInt8](), [ContentPart]())
    for (part, piece) in zip(parts, pieces) {
      let share = count <= size ? part.count : max(part.count * size / count, Self.leastOfPart)
      content += piece.prefix(share)
      taken.append(ContentPart(part.description, count: min(part.count, share)))
    }
    return (content, taken)
  }
}

extension PredictorOptions {
  /// The learning rates that an encoder tries for content of a type; nil for an untrained network.
  ///
  /// Experts without a network are not worth a comparison: trained ones are never much worse.
  package func candidateRates(_ type: ContentType) -> [LearningRates?] {
    guard let trained else { return [nil] }
    guard trained.selection != .none else { return [.standard] }
    var rates: [LearningRates?] = [.standard]
    if type != .text { rates.append(.fast) }
    // Beside all networks there is an untrained one anyway.
    if trained.selection != .all { rates.append(nil) }
    return rates
  }

  /// The same without networks; nil without experts.
  var expertsAlone: PredictorOptions? {
    guard hasExperts else { return nil }
    var alone = PredictorOptions(
      network: nil, trained: trained.map { TrainedComponents($0.model, .none) }, lanes: 1)
    alone.expertSet = expertSet
    return alone
  }

  /// The same with the trained model's first network alone, which is the smallest.
  var smallestNetwork: PredictorOptions? {
    trained.map {
      PredictorOptions(network: nil, trained: TrainedComponents($0.model, .one(0)), lanes: 1)
    }
  }

  /// What codes samples: in the place of all networks the last one alone, which chooses as well in a
  /// third of the time.
  fileprivate var forSamples: PredictorOptions {
    guard let trained, trained.selection == .all else { return self }
    var options = self
    options.trained = TrainedComponents(
      trained.model, .one(trained.model.file.networks.count - 1))
    return options
  }
}
