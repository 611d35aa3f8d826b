// SPDX-License-Identifier: Apache-2.0

import Content
import TrainedModels

/// Chooses among settings by coding a sample of the content with each: trained networks at several
/// learning rates, or an untrained one.
package struct CandidateSettings {
  /// What the frame is coded with, should the candidate be chosen.
  private let rates: LearningRates?
  /// What the samples are coded with.
  private let settings: PredictorSettings
  private var payload: [UInt8] = []
  private var sampleSize = 0
  /// Bytes that these settings would make of the whole content, if it went on as in the sample's second
  /// half: trained networks are ahead at first, and may fall behind.
  private var estimate = 0
  /// How many bytes the estimate changes with one byte of the sample's second half.
  private var uncertainty = 0

  private init(rates: LearningRates?, settings: PredictorSettings) {
    self.rates = rates
    self.settings = settings
  }

  /// The settings for a content, and its payload if finding them has made it.
  ///
  /// - Parameters:
  ///   - headerSize: The bytes that settings take in the header of a frame.
  ///   - report: Is called now and then; it throws to end the work.
  /// - Throws: What coding and `report` throw.
  package static func choose(
    _ content: [UInt8], options: PredictorOptions, threads: Int,
    headerSize: (PredictorSettings) -> Int, report: () throws -> Void
  ) throws -> (settings: PredictorSettings, payload: [UInt8]?) {
    let description = ContentDescription.detect(content)
    func settings(_ options: PredictorOptions, _ rates: LearningRates?) -> PredictorSettings {
      PredictorSettings(
        options, content: description, contentSize: content.count, rates: rates)
    }
    let sampled = options.forSamples
    var candidates = options.candidateRates(description.type).map {
      CandidateSettings(rates: $0, settings: settings(sampled, $0))
    }
    for (size, tolerance) in samples(description.type) where candidates.count > 1 {
      let sample = content.count <= size ? content : Array(content[..<size])
      for index in candidates.indices where candidates[index].sampleSize < sample.count {
        try candidates[index].code(
          sample, contentSize: content.count, threads: threads, report: report)
        candidates[index].estimate += headerSize(candidates[index].settings)
      }
      let least = candidates.map(\.estimate).min() ?? 0
      candidates.removeAll {
        ($0.estimate - $0.uncertainty) * 100 > least * (100 + tolerance)
      }
    }
    let best = candidates.min { $0.estimate < $1.estimate } ?? candidates[0]
    let chosen = settings(options, best.rates)
    let isWhole = best.sampleSize == content.count && best.settings == chosen
    return (chosen, isWhole ? best.payload : nil)
  }

  /// Bytes from the start of a content that are coded by all candidates, and more by those whose
  /// estimates are within so many percent of the best one.
  ///
  /// Of text few tell more, for trained models have seen much of it.
  private static func samples(_ type: ContentType) -> [(size: Int, tolerance: Int)] {
    [(1 << 12, type == .text ? 2 : 10), (1 << 17, 0)]
  }

  /// Codes a sample.
  private mutating func code(
    _ sample: [UInt8], contentSize: Int, threads: Int, report: () throws -> Void
  ) throws {
    let half = sample.count / 2
    var firstHalf = 0
    payload = try ContentCoder.encode(sample, settings: settings, threads: threads) {
      (done, payloadSize) in
      if done <= half { firstHalf = payloadSize }
      try report()
    }
    sampleSize = sample.count
    let (rest, secondHalf) = (contentSize - sampleSize, max(sampleSize - half, 1))
    uncertainty = rest / secondHalf
    estimate = payload.count + (payload.count - firstHalf) * rest / secondHalf
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
