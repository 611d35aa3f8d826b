// SPDX-License-Identifier: Apache-2.0

import Contexts
import LSTM
import Platform
import Serialisation
import TrainedModels

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Trains a network, window by window, on many contents side by side.
///
/// Deterministic: the plan and the data decide every bit, whatever the number of threads, and however
/// often the training is stopped and gone on with.
package final class Trainer {
  /// What is known of a lane's content.
  struct Lane: Codable {
    /// The piece, as a place in the data, and the bytes of it that were shown.
    var piece = -1
    var shown = 0
    var hasher = NgramHasher()
    var lastByte: UInt8 = 0
  }

  /// What is to be done.
  package let plan: TrainingPlan
  /// Bytes that were learned from.
  package private(set) var byteCount = 0
  /// The mean cost of a byte, in bits, of the last call of ``advance()``.
  package private(set) var loss = 0.0

  let network: Network
  private let data: TrainingData
  private let batch: LaneBatch
  /// The networks that shared the table before.
  private let base: TrainedModelFile?
  private let baseDigest: String?
  /// Pieces that were given to lanes, in all passes, and their order in the present one.
  private var piecesBegun = 0
  private var order: [Int] = []
  private var pass = -1
  private var lanes: [Lane]

  /// Bytes between two synchronisations, at which a training can be stopped and gone on with: a 64th
  /// of the budget, from 8 to 512 KiB.
  private var segmentBytes: Int { min(max(plan.byteBudget / 64, 1 << 13), 1 << 19) }

  /// Begins a training, or goes on with one.
  ///
  /// - Parameters:
  ///   - base: A model whose n-gram table is used as it is and to whose networks this one is added,
  ///     unless it goes on with one of them, which it replaces; nil to choose n-grams from the data,
  ///     and learn them.
  ///   - index: The n-grams that get rows, if they are known; nil to choose them from the data.
  ///   - checkpoint: The path of a checkpoint to go on with, if there is one.
  /// - Throws: `ConfigurationError` or `KernelError`, as the network does; an error with a
  ///   description if the plan cannot be followed, or the checkpoint is damaged or of another
  ///   training.
  package init(
    plan: TrainingPlan, data: TrainingData, base: TrainedModelFile?, index: NgramIndex? = nil,
    threads: Int,
    checkpoint path: FileName?
  ) throws {
    try plan.validate(data: data, base: base)
    self.plan = plan
    self.data = data
    self.base = base
    baseDigest = base.map { Digest(of: $0.bytes).description }
    batch = LaneBatch(lanes: plan.lanes)
    lanes = Array(repeating: Lane(), count: plan.lanes)
    var checkpoint = try path.map { try Checkpoint(path: $0) }
    if let progress = checkpoint?.progress {
      guard progress.plan == plan, progress.data == data.digest.description,
        progress.base == baseDigest
      else { throw Checkpoint.Failure(description: "the checkpoint is of another training") }
      guard progress.lanes.count == plan.lanes,
        progress.lanes.allSatisfy({ (-1..<data.pieces.count).contains($0.piece) })
      else { throw Checkpoint.Failure(description: "the checkpoint is damaged") }
      byteCount = progress.byteCount
      piecesBegun = progress.piecesBegun
      lanes = progress.lanes
    }
    let source: NgramSource =
      if let base {
        .table(base.ngrams)
      } else {
        .learned(
          try checkpoint?.readIndex(rowBits: plan.ngramRowBits) ?? index
            ?? NgramCensus(data).index(rowBits: plan.ngramRowBits))
      }
    network = try Network(
      configuration: plan.configuration(width: base?.ngrams.width), seed: plan.seed, ngrams: source,
      threads: threads)
    network.split()
    if let base, let start = plan.start {
      network.start(
        from: try base.networks[start].grown(
          toCells: plan.cells, ngramWidth: base.ngrams.width, seed: plan.seed),
        windowRows: plan.windowSteps * plan.lanes)
    }
    try checkpoint?.readState(of: network)
    if piecesBegun > 0 { beginPass((piecesBegun - 1) / data.pieces.count) }
  }

  /// What the training whose checkpoint is at `path` is to do.
  ///
  /// - Throws: What reading the checkpoint throws.
  package static func plan(ofCheckpoint path: FileName) throws -> TrainingPlan {
    try Checkpoint(path: path).progress.plan
  }

  /// The n-grams that have rows.
  package var index: NgramIndex? { network.ngramIndex }

  /// Whether the budget is spent.
  package var isDone: Bool { byteCount >= plan.byteBudget || data.pieces.isEmpty }

  /// Learns from half a megabyte more, less if the budget is small.
  package func advance() {
    var cost = 0.0
    let begin = byteCount
    let end = min(byteCount + segmentBytes, plan.byteBudget)
    while byteCount < end {
      for lane in lanes.indices { prepare(lane) }
      network.learningRate = plan.rate(after: byteCount)
      for _ in 0..<plan.windowSteps { cost += step() }
      byteCount += plan.windowSteps * plan.lanes
    }
    network.synchronise()
    loss = cost / Double(max(byteCount - begin, 1))
  }

  /// Writes all that is needed to go on with the training from here, under its name when it is whole.
  package func writeCheckpoint(to path: FileName) throws {
    try Checkpoint.write(
      Checkpoint.Progress(
        plan: plan, data: data.digest.description, base: baseDigest, byteCount: byteCount,
        piecesBegun: piecesBegun, updates: network.updates, lanes: lanes), network, to: path)
  }

  /// Removes a checkpoint, and what is left of one that was not written to its end.
  package static func removeCheckpoint(at path: FileName) {
    WholeFile.remove(path)
  }

  /// The place of the network in the model.
  package var place: Int { plan.place(base: base) }

  /// The model as it is now.
  ///
  /// - Parameter losses: What is recorded of its quality, by name, in bits a byte.
  package func model(losses: [String: Double]) throws -> TrainedModelFile {
    guard let ngrams = network.ngramTable else {
      preconditionFailure("a network in training has n-grams")
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let record = TrainingRecord(
      plan: plan, data: data.digest.description, dataBytes: data.byteCount,
      trainedBytes: byteCount, losses: losses)
    var networks = base?.networks ?? []
    networks.replaceSubrange(place..<min(place + 1, networks.count), with: [try network.prior])
    return TrainedModelFile(
      ngrams: ngrams, networks: networks,
      experts: base?.experts ?? [],
      record: (base?.record ?? []) + [UInt8](try encoder.encode(record)) + [10])
  }

  /// Gives a lane another piece, if it is done with the one it had.
  private func prepare(_ lane: Int) {
    if lanes[lane].piece >= 0 {
      guard lanes[lane].shown >= data.pieces[lanes[lane].piece].range.count else { return }
    }
    let (pass, index) = piecesBegun.quotientAndRemainder(dividingBy: data.pieces.count)
    if pass != self.pass { beginPass(pass) }
    piecesBegun += 1
    lanes[lane] = Lane(piece: order[index])
    if data.pieces[order[index]].isStart { network.resetState(lane: lane) }
  }

  private func beginPass(_ pass: Int) {
    order = data.order(pass: pass, seed: plan.seed)
    self.pass = pass
  }

  /// Shows the network a byte of each lane; returns their cost in bits.
  private func step() -> Double {
    for lane in lanes.indices {
      batch.lastBytes[lane] = lanes[lane].lastByte
      batch.fill(lane: lane, from: lanes[lane].hasher)
    }
    network.predict(after: batch.lastBytes, contexts: batch.hashes, ngrams: batch.hashes)
    var cost = 0.0
    for lane in lanes.indices {
      let piece = data.pieces[lanes[lane].piece]
      let byte = data.files[piece.file][piece.range.lowerBound + lanes[lane].shown]
      cost += batch.cost(of: network.probabilities(lane: lane)[Int(byte)])
      lanes[lane].shown += 1
      lanes[lane].hasher.append(byte)
      lanes[lane].lastByte = byte
      batch.bytes[lane] = byte
    }
    network.learn(batch.bytes)
    return cost
  }
}

/// What a model file says of the training of one of its networks.
struct TrainingRecord: Codable {
  var plan: TrainingPlan
  var data: String
  var dataBytes: Int
  var trainedBytes: Int
  /// In bits a byte.
  var losses: [String: Double]
}
