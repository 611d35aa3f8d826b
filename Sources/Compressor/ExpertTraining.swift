import ContextMixing
import Contexts

/// Finds what experts can know before they have seen anything of a content.
///
/// They code one content after the other, each time with the knowledge so far and nothing else; a part
/// of what a content has changed in it is kept: first-order meta-learning (Nichol et al., "On
/// first-order meta-learning algorithms", 2018, section 2).
public struct ExpertTraining {
  /// The part of a content's change that is kept after many contents; after few it is more.
  private static let keptShare = 0.04

  private let start: TrainedStart
  private let kind: Configuration.Kind
  private let rates: LearningRates
  private var mean: [Double] = []
  private var count = 0

  /// Begins with experts that know nothing, beside the network of `start`, if it has one.
  public init(_ start: TrainedStart, kind: Configuration.Kind) {
    self.start = start
    self.kind = kind
    rates = Model.standardRates
  }

  /// Learns from a content; of another kind than the training's nothing.
  ///
  /// - Throws: `ConfigurationError` or `KernelError`, as the network does.
  /// - Complexity: As much as to compress the content.
  public mutating func learn(from content: [UInt8], threads: Int) throws {
    let detected = Configuration.detect(content)
    guard detected.kind == kind, !content.isEmpty else { return }
    let description = ModelDescription(
      Model(network: nil, trained: start, lanes: 1), content: content, detected: detected,
      rates: rates)
    let learned = try FrameCoder.knowledge(
      after: content, model: description, start: count == 0 ? nil : knowledge, threads: threads)
    count += 1
    let share = max(Self.keptShare, 1 / Double(count))
    mean =
      mean.isEmpty
      ? learned.map(Double.init)
      : zip(mean, learned).map { $0 + share * (Double($1) - $0) }
  }

  /// What was learned; nil if there was no content of the kind.
  public var result: ModelFile.Experts? {
    count == 0
      ? nil : ModelFile.Experts(kind: kind.rawValue, network: start.index, knowledge: knowledge)
  }

  private var knowledge: [UInt16] { mean.map { UInt16(max(0, min(65535, $0.rounded()))) } }
}
