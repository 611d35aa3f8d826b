import Compressor
import Contexts
import LSTM

/// The last part of a training: what the experts know at the start, beside each network and without
/// one.
public struct ExpertStage {
  /// Bytes of each kind of content that the experts learn from.
  private static let bytesPerKind = 2 << 20

  private let data: TrainingData
  private let seed: UInt64
  private let threads: Int

  /// Prepares to learn from pieces of `data`, in the order of `seed`.
  public init(data: TrainingData, seed: UInt64, threads: Int) {
    self.data = data
    self.seed = seed
    self.threads = threads
  }

  /// The model with experts that were trained beside `networks` of its networks (nil: without one)
  /// in the place of those it had.
  ///
  /// - Throws: What coding throws.
  public func complete(_ model: ModelFile, networks: [Int?]) throws -> ModelFile {
    let bare = ModelFile(ngrams: model.ngrams, networks: model.networks, record: [])
    let prior = try Prior(ConstantBuffer(bare.bytes))
    var experts = model.experts.filter { !networks.contains($0.network) }
    for network in networks {
      for kind in [Configuration.Kind.text, .binary] {
        var training = ExpertTraining(TrainedStart(prior, network: network), kind: kind)
        try learn(&training, kind: kind)
        if let result = training.result { experts.append(result) }
      }
    }
    return ModelFile(
      ngrams: model.ngrams, networks: model.networks, experts: experts, record: model.record)
  }

  private func learn(_ training: inout ExpertTraining, kind: Configuration.Kind) throws {
    var left = Self.bytesPerKind
    for index in data.order(pass: 0, seed: seed) where left > 0 {
      let piece = data.pieces[index]
      let content = Array(data.files[piece.file][piece.range])
      guard Configuration.detect(content).kind == kind else { continue }
      try training.learn(from: content, threads: threads)
      left -= content.count
    }
  }
}
