// SPDX-License-Identifier: Apache-2.0

import Content
import Platform
import Prediction
import TrainedModels
import Synchronization

/// The last part of a training: what the experts know at the start, beside each network and without
/// one.
package struct ExpertStage: Sendable {
  /// Bytes of each type of content that the experts learn from at most: what they learn of the last 25
  /// pieces counts for most.
  private static let greatestByteCount = 2 << 20
  /// They see this part of what the network was trained on, for they learn it with the network beside
  /// them, at the speed of compression.
  private static let share = 16

  private let data: TrainingData
  private let seed: UInt64
  private let threads: Int
  private let bytesPerType: Int

  /// Prepares to learn from pieces of `data`, in the order of `seed`, in `threads` threads.
  ///
  /// - Parameter trainedBytes: The bytes that the network was trained on, passes over the data included.
  package init(data: TrainingData, seed: UInt64, threads: Int, trainedBytes: Int) {
    self.data = data
    self.seed = seed
    self.threads = threads
    bytesPerType = min(Self.greatestByteCount, trainedBytes / Self.share)
  }

  /// The model with experts that were trained beside `selections` of its networks in the place of those
  /// it had.
  ///
  /// - Throws: What coding throws.
  package func complete(
    _ model: TrainedModelFile, beside selections: [NetworkSelection]
  ) throws -> TrainedModelFile {
    let bare = TrainedModelFile(ngrams: model.ngrams, networks: model.networks, record: [])
    let trained = try TrainedModel(ConstantBuffer(bare.bytes))
    let jobs = selections.flatMap { selection in
      [ContentType.text, .binary].map { (TrainedComponents(trained, selection), $0) }
    }
    let begun = Atomic<Int>(0)
    let results = Mutex(
      [Result<TrainedModelFile.Experts?, any Error>?](repeating: nil, count: jobs.count))
    // The last jobs are the longest: they are begun first.
    let workers = (0..<min(max(threads, 1), jobs.count)).map { _ in
      Thread(name: "lstmzip experts") {
        while true {
          let index = jobs.count - 1 - begun.wrappingAdd(1, ordering: .relaxed).oldValue
          guard index >= 0 else { return }
          let result = Result { try experts(jobs[index].0, type: jobs[index].1) }
          results.withLock { $0[index] = result }
        }
      }
    }
    for worker in workers { worker.join() }
    let learned = try results.withLock { try $0.compactMap { try $0?.get() } }
    return TrainedModelFile(
      ngrams: model.ngrams, networks: model.networks,
      experts: model.experts.filter { !selections.contains($0.networks) } + learned,
      record: model.record)
  }

  /// What experts learn of contents of a type, if there are any.
  private func experts(
    _ trained: TrainedComponents, type: ContentType
  ) throws -> TrainedModelFile.Experts? {
    var training = ExpertTraining(trained, type: type)
    var left = max(bytesPerType, 1)
    for index in data.order(pass: 0, seed: seed) where left > 0 {
      let piece = data.pieces[index]
      let content = Array(data.files[piece.file][piece.range])
      guard ContentDescription.detect(content).type == type else { continue }
      try training.learn(from: content, threads: 1)
      left -= content.count
    }
    return training.result
  }
}
