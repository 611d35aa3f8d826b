// SPDX-License-Identifier: Apache-2.0

import Foundation
import LSTM
import Platform
import TestSupport
import Testing

@testable import Serialisation
@testable import TrainedModels
@testable import Training

/// Trainings are the same to the last bit, with any number of threads and however often they are
/// stopped.
@Suite(.serialized) struct TrainingTests {
  private static func train(
    _ plan: TrainingPlan = Samples.plan, data: TrainingData = Samples.data,
    base: TrainedModelFile? = nil, threads: Int = 1,
    afterSegment: (Trainer) throws -> Void = { _ in }
  ) throws -> [UInt8] {
    let trainer = try Trainer(plan: plan, data: data, base: base, threads: threads, checkpoint: nil)
    while !trainer.isDone {
      trainer.advance()
      try afterSegment(trainer)
    }
    return try trainer.model(losses: ["sample": 1.25]).bytes
  }

  /// The model of the undisturbed training.
  private static let expected = Result { try train() }

  @Test func threadsGiveTheSameModel() throws {
    #expect(try Self.train(threads: 2) == Self.expected.get())
  }

  @Test func trainingTeaches() throws {
    var losses: [Double] = []
    var count = 0
    let trainer = try Trainer(
      plan: Samples.plan, data: Samples.data, base: nil, threads: 1, checkpoint: nil)
    while !trainer.isDone {
      trainer.advance()
      losses.append(trainer.loss)
      count += 1
    }
    #expect(count >= 5 && trainer.byteCount >= Samples.plan.byteBudget)
    #expect(losses[0] > 4 && losses[losses.count - 1] < losses[0] - 1)
    #expect(trainer.validate([Samples.mixed(count: 3000, seed: 99)]) < losses[0] - 1)
  }

  /// What comes with a model file survives being written and read.
  @Test func modelFileComesBack() throws {
    let bytes = try Self.expected.get()
    let model = try TrainedModelFile(ConstantBuffer(bytes))
    #expect(model.bytes == bytes)
    #expect(model.networks.map(\.cells) == [16] && model.ngrams.index.rowBits == 10)
    #expect(model.ngrams.index.checks.values.contains { $0 != 0 })
    #expect(model.ngrams.rowScales.values.contains { $0 > 100 })
    let record = try JSONDecoder().decode(TrainingRecord.self, from: Data(model.record))
    #expect(record.plan == Samples.plan && record.losses == ["sample": 1.25])
    #expect(record.trainedBytes >= Samples.plan.byteBudget)
    #expect(record.dataBytes == Samples.data.byteCount)
  }

  /// Stopped after each segment, every time gone on with in a new trainer, with threads in turns.
  @Test func stoppedTrainingsGoOn() throws {
    let folder = try TemporaryFolder()
    let path = FileName(folder.path("checkpoint"))
    var trainer = try Trainer(
      plan: Samples.plan, data: Samples.data, base: nil, threads: 1, checkpoint: nil)
    var segments = 0
    while !trainer.isDone {
      // Once before anything was learned, too.
      try trainer.writeCheckpoint(to: path)
      trainer = try Trainer(
        plan: Samples.plan, data: Samples.data, base: nil, threads: 1 + segments % 2,
        checkpoint: path)
      trainer.advance()
      segments += 1
    }
    #expect(segments >= 5)
    #expect(try trainer.model(losses: ["sample": 1.25]).bytes == Self.expected.get())
  }

  /// Stopped once, at any segment, the last one included.
  @Test(arguments: [2, 6])
  func stoppedOnce(after count: Int) throws {
    let folder = try TemporaryFolder()
    let path = FileName(folder.path("checkpoint"))
    let first = try Trainer(
      plan: Samples.plan, data: Samples.data, base: nil, threads: 1, checkpoint: nil)
    for _ in 0..<count where !first.isDone { first.advance() }
    try first.writeCheckpoint(to: path)
    // What it does after the checkpoint is lost.
    if !first.isDone { first.advance() }
    let trainer = try Trainer(
      plan: Samples.plan, data: Samples.data, base: nil, threads: 1, checkpoint: path)
    while !trainer.isDone { trainer.advance() }
    #expect(try trainer.model(losses: ["sample": 1.25]).bytes == Self.expected.get())
  }

  @Test func validationChangesNothing() throws {
    let files = [Samples.mixed(count: 700, seed: 50), [], [1], Samples.mixed(count: 90, seed: 51)]
    let disturbed = try Self.train { trainer in
      let loss = trainer.validate(files + [Samples.mixed(count: 333, seed: 52)])
      #expect(loss > 0 && loss < 9)
      #expect(trainer.validate(files) == trainer.validate(files))
      #expect(trainer.validate([]) == 0)
    }
    #expect(try disturbed == Self.expected.get())
  }

  /// A second network beside the first, with its table; stopped and gone on with.
  @Test func networksAreAddedToAModel() throws {
    let base = try TrainedModelFile(ConstantBuffer(Self.expected.get()))
    var plan = Samples.plan
    plan.layers = 2
    plan.byteBudget = 20_000
    let folder = try TemporaryFolder()
    let path = FileName(folder.path("checkpoint"))
    var checkpoints = 0
    let bytes = try Self.train(plan, base: base) { trainer in
      if checkpoints == 0 { try trainer.writeCheckpoint(to: path) }
      checkpoints += 1
    }
    #expect(checkpoints > 1)
    let trainer = try Trainer(
      plan: plan, data: Samples.data, base: base, threads: 2, checkpoint: path)
    while !trainer.isDone { trainer.advance() }
    let model = try trainer.model(losses: ["sample": 1.25])
    #expect(model.bytes == bytes)
    #expect(model.networks.map(\.layers) == [1, 2])
    #expect(
      Array(model.networks[0].parameters.values.values)
        == Array(base.networks[0].parameters.values.values))
    #expect(Array(model.ngrams.values.values) == Array(base.ngrams.values.values))
    #expect(model.record.starts(with: base.record))
    // Rounding costs little.
    let sample = [Samples.mixed(count: 2000, seed: 60)]
    let rounded = try Trainer(
      plan: plan, data: TrainingData(files: [], windowSteps: plan.windowSteps), base: model,
      threads: 1, checkpoint: nil)
    rounded.network.start(from: model.networks[1])
    #expect(abs(rounded.validate(sample) - trainer.validate(sample)) < 0.05)
    // Without the base, or with another one, the checkpoint is of another training.
    let other = TrainedModelFile(ngrams: base.ngrams, networks: base.networks, record: [])
    for wrong in [nil, other] {
      expectFailure("another training") {
        _ = try Trainer(
          plan: plan, data: Samples.data, base: wrong, threads: 1, checkpoint: path)
      }
    }
  }

  /// A network that is trained further, and gets more cells; stopped and gone on with.
  @Test(arguments: [16, 48])
  func networksGoOn(cells: Int) throws {
    let base = try TrainedModelFile(ConstantBuffer(Self.expected.get()))
    var plan = Samples.plan
    plan.cells = cells
    plan.byteBudget = 20_000
    plan.start = 0
    let folder = try TemporaryFolder()
    let path = FileName(folder.path("checkpoint"))
    var firstLoss: Double?
    let bytes = try Self.train(plan, base: base) { trainer in
      if firstLoss == nil { try trainer.writeCheckpoint(to: path) }
      firstLoss = firstLoss ?? trainer.loss
    }
    // It knows from the start what the first training has taught.
    #expect((firstLoss ?? 9) < 4)
    let trainer = try Trainer(
      plan: plan, data: Samples.data, base: base, threads: 2, checkpoint: path)
    while !trainer.isDone { trainer.advance() }
    let model = try trainer.model(losses: ["sample": 1.25])
    #expect(model.bytes == bytes)
    // A network that grew is another one.
    #expect(model.networks.map(\.cells) == (cells == 16 ? [16] : [16, cells]))
    let isUnchanged =
      Array(model.networks[0].parameters.values.values)
      == Array(base.networks[0].parameters.values.values)
    #expect(isUnchanged == (cells != 16))
  }

  @Test func startsThatDoNotFit() throws {
    let base = try TrainedModelFile(ConstantBuffer(Self.expected.get()))
    for (layers, cells, start) in [(1, 16, 1), (1, 16, -1), (2, 16, 0)] {
      var plan = Samples.plan
      (plan.layers, plan.cells, plan.start) = (layers, cells, start)
      expectFailure("network \(start + 1)") {
        _ = try Trainer(plan: plan, data: Samples.data, base: base, threads: 1, checkpoint: nil)
      }
    }
    let small = try base.networks[0].grown(toCells: 16, ngramWidth: 16, seed: 1)
    #expect(
      Array(small.parameters.values.values)
        == Array(base.networks[0].parameters.values.values))
    #expect(
      Array(small.byteEmbeddings.values.values)
        == Array(base.networks[0].byteEmbeddings.values.values))
    #expect(throws: ConfigurationError.self) {
      try base.networks[0].grown(toCells: 0, ngramWidth: 16, seed: 1)
    }
  }

  private func expectFailure(_ text: String, _ body: () throws -> Void) {
    do {
      try body()
      Issue.record("no error")
    } catch {
      #expect("\(error)".contains(text), "\(error)")
    }
  }

  @Test func wrongCheckpointsAreErrors() throws {
    let folder = try TemporaryFolder()
    let path = FileName(folder.path("checkpoint"))
    let trainer = try Trainer(
      plan: Samples.plan, data: Samples.data, base: nil, threads: 1, checkpoint: nil)
    trainer.advance()
    try trainer.writeCheckpoint(to: path)
    let sound = try Data(contentsOf: URL(fileURLWithPath: path.description))
    func resume(_ plan: TrainingPlan = Samples.plan, _ data: TrainingData = Samples.data) throws {
      _ = try Trainer(plan: plan, data: data, base: nil, threads: 1, checkpoint: path)
    }
    var others = [Samples.plan, Samples.plan, Samples.plan, Samples.plan, Samples.plan]
    others[0].cells = 32
    others[1].seed = 2
    others[2].byteBudget += 1
    others[3].ngramRowBits = 11
    others[4].learningRate = 0.003
    for plan in others { expectFailure("another training") { try resume(plan) } }
    expectFailure("another training") {
      try resume(Samples.plan, TrainingData(files: [Samples.files[0]], windowSteps: 16))
    }
    try resume()
    func write(_ bytes: Data) throws { try bytes.write(to: URL(fileURLWithPath: path.description)) }
    for count in [0, 1, 8, 15, 16, 100, sound.count / 2, sound.count - 1] {
      try write(sound.prefix(count))
      expectFailure("damaged") { try resume() }
    }
    for position in [0, 7, 9, 60, 900, sound.count / 2, sound.count - 9, sound.count - 1] {
      var damaged = sound
      damaged[position] ^= 4
      try write(damaged)
      expectFailure("damaged") { try resume() }
    }
    try write(sound + Data([0]))
    expectFailure("damaged") { try resume() }
    // Sound digests around what no trainer writes.
    let length = Int(sound[0]) | Int(sound[1]) << 8 | Int(sound[2]) << 16
    for (body, message) in [
      (Data(), "damaged"), (sound.prefix(8 + length), "another network"),
      (sound.dropLast(9), "another network"), (sound.dropLast(8) + Data([1]), "another network"),
      (Data(repeating: 0xFF, count: 64), "damaged"), (Data(repeating: 0, count: 64), "damaged"),
    ] {
      try write(body + Self.digest(of: body))
      expectFailure(message) { try resume() }
    }
    try FileManager.default.removeItem(atPath: path.description)
    #expect(throws: (any Error).self) { try resume() }
  }

  private static func digest(of bytes: Data) -> Data {
    let value = Digest(of: Array(bytes)).value
    return withUnsafeBytes(of: value.littleEndian) { Data($0) }
  }

  @Test func plansThatCannotBeFollowed() throws {
    func begin(_ change: (inout TrainingPlan) -> Void) throws {
      var plan = Samples.plan
      change(&plan)
      let data = TrainingData(files: [Samples.files[0]], windowSteps: plan.windowSteps)
      _ = try Trainer(plan: plan, data: data, base: nil, threads: 1, checkpoint: nil)
    }
    expectFailure("n-gram rows") { try begin { $0.ngramRowBits = 40 } }
    expectFailure("n-gram rows") { try begin { $0.ngramRowBits = -1 } }
    expectFailure("longest window") { try begin { $0.windowSteps = 0 } }
    expectFailure("cells") { try begin { $0.cells = 20 } }
    expectFailure("lanes") { try begin { $0.lanes = 0 } }
    expectFailure("n-gram width") { try begin { $0.ngramWidth = 17 } }
    #expect(throws: (any Error).self) {
      try Trainer(
        plan: Samples.plan, data: TrainingData(files: Samples.files, windowSteps: 8), base: nil,
        threads: 1, checkpoint: nil)
    }
  }

  @Test func nothingToLearnFrom() throws {
    let data = TrainingData(files: [[], [1, 2]], windowSteps: 16)
    #expect(data.byteCount == 0)
    #expect(
      try Trainer(plan: Samples.plan, data: data, base: nil, threads: 1, checkpoint: nil).isDone)
  }
}

@Suite struct TrainingDataTests {
  @Test func piecesCoverWholeWindows() {
    let data = Samples.data
    #expect(data.byteCount == Samples.files.map { $0.count / 16 * 16 }.reduce(0, +))
    for piece in data.pieces {
      #expect(piece.range.count.isMultiple(of: 16) && piece.range.count <= 1 << 15)
    }
    #expect(data.pieces.filter(\.isStart).count == 6)
    #expect(data.pieces.count == 7)
  }

  @Test func eachPassHasEveryPieceInAnOrderOfItsOwn() {
    let files = (0..<40).map { Samples.mixed(count: 64, seed: $0) }
    let data = TrainingData(files: files, windowSteps: 16)
    let orders = (0..<3).map { data.order(pass: $0, seed: 1) }
    for order in orders { #expect(order.sorted() == Array(0..<40)) }
    #expect(Set(orders).count == 3)
    #expect(data.order(pass: 1, seed: 1) == orders[1])
    #expect(data.order(pass: 1, seed: 2) != orders[1])
  }

  @Test func filesBelowFoldersComeInTheOrderOfTheirNames() throws {
    let folder = try TemporaryFolder()
    for (name, content) in [("b", "2"), ("a/z", "1"), ("c", "3"), ("a/b/c", "0")] {
      let url = folder.url.appendingPathComponent(name)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(content.utf8).write(to: url)
    }
    let contents = try TrainingData.contents(
      of: [FileName(folder.path("c")), FileName(folder.url.path)])
    #expect(contents == ["3", "0", "1", "2", "3"].map { Array($0.utf8) })
    #expect(throws: (any Error).self) {
      try TrainingData.contents(of: [FileName(folder.path("none"))])
    }
  }

  /// Another order of files, or another cut between them, is other data.
  @Test func digests() {
    func digest(_ files: [[UInt8]]) -> Digest {
      TrainingData(files: files, windowSteps: 16).digest
    }
    #expect(digest([[1], [2]]) != digest([[2], [1]]))
    #expect(digest([[1, 2]]) != digest([[1], [2]]))
    #expect(digest([[1]]) != digest([[1], []]))
  }
}
