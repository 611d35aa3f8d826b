import Compressor
import Contexts
import Dispatch
import LSTM
import Synchronization

/// The last part of a training: what the experts know at the start, beside each network and without
/// one.
public struct ExpertStage: Sendable {
  /// Bytes of each kind of content that the experts learn from at most: what they learn of the last 25
  /// pieces counts for most.
  private static let greatestByteCount = 2 << 20
  /// They see this part of what the network was trained on, for they learn it with the network beside
  /// them, at the speed of compression.
  private static let share = 16

  private let data: TrainingData
  private let seed: UInt64
  private let threads: Int
  private let bytesPerKind: Int

  /// Prepares to learn from pieces of `data`, in the order of `seed`, in `threads` threads.
  ///
  /// - Parameter trainedBytes: The bytes that the network was trained on, passes over the data included.
  public init(data: TrainingData, seed: UInt64, threads: Int, trainedBytes: Int) {
    self.data = data
    self.seed = seed
    self.threads = threads
    bytesPerKind = min(Self.greatestByteCount, trainedBytes / Self.share)
  }

  /// The model with experts that were trained beside `networks` of its networks (nil: without one)
  /// in the place of those it had.
  ///
  /// - Throws: What coding throws.
  public func complete(_ model: ModelFile, networks: [Int?]) throws -> ModelFile {
    let bare = ModelFile(ngrams: model.ngrams, networks: model.networks, record: [])
    let prior = try Prior(ConstantBuffer(bare.bytes))
    let jobs = networks.flatMap { network in
      [Configuration.Kind.text, .binary].map { (TrainedStart(prior, network: network), $0) }
    }
    let begun = Atomic<Int>(0)
    let results = Mutex([Result<ModelFile.Experts?, any Error>?](repeating: nil, count: jobs.count))
    // The last jobs are the longest: they are begun first.
    DispatchQueue.concurrentPerform(iterations: min(threads, jobs.count)) { _ in
      while true {
        let index = jobs.count - 1 - begun.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index >= 0 else { return }
        let result = Result { try experts(jobs[index].0, kind: jobs[index].1) }
        results.withLock { $0[index] = result }
      }
    }
    let learned = try results.withLock { try $0.compactMap { try $0?.get() } }
    return ModelFile(
      ngrams: model.ngrams, networks: model.networks,
      experts: model.experts.filter { !networks.contains($0.network) } + learned,
      record: model.record)
  }

  /// What experts learn of contents of a kind, if there are any.
  private func experts(
    _ start: TrainedStart, kind: Configuration.Kind
  ) throws -> ModelFile.Experts? {
    var training = ExpertTraining(start, kind: kind)
    var left = max(bytesPerKind, 1)
    for index in data.order(pass: 0, seed: seed) where left > 0 {
      let piece = data.pieces[index]
      let content = Array(data.files[piece.file][piece.range])
      guard Configuration.detect(content).kind == kind else { continue }
      try training.learn(from: content, threads: 1)
      left -= content.count
    }
    return training.result
  }
}
