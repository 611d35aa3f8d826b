// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Platform
import Serialisation
import TrainedModels
import Training

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a model on files like those to be compressed, for --model.",
    discussion: """
      Reads all files below folders. The options, the data and the order of its names decide the \
      model, whatever the number of threads. While it works it writes MODEL.checkpoint; a training \
      that was ended goes on from there if it is started again with the same arguments, and its model \
      is the same as without a break.
      """)

  @Option(
    name: .shortAndLong,
    help: """
      Write the model to FILE, or, if it is a folder, to its digest there. (default: the folder that \
      --model looks into)
      """)
  var output = ModelFiles.userFolder

  @OptionGroup var plan: TrainingOptions

  @Option(help: "Add the network to those of a model, whose table of n-grams it uses.")
  var base: FileName?

  @Option(
    help: """
      Train the base model's network of this number, from 1, further, instead of a new one. If --size \
      has more cells, the network is grown to a new one, and the model keeps both.
      """)
  var from: Int?

  @Option(
    help: "Report how well the model predicts a file, or the files of a folder; may be repeated.")
  var validate: [FileName] = []

  @Flag(name: .shortAndLong, help: "Overwrite the model.")
  var force = false

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var messages: MessageOptions

  @Argument(help: "Files or folders to learn from.")
  var paths: [FileName]

  func run() throws {
    let data = TrainingData(
      files: try TrainingData.contents(of: paths), windowSteps: TrainingPlan.standardWindowSteps)
    guard data.byteCount > 0 else { throw FileError("there is nothing to learn from") }
    let validation = try validate.map { path in
      (
        name: "\(path.lastComponent)",
        files: try TrainingData.contents(of: [path])
      )
    }
    let base = try base.map { try ModelFiles.read($0).trained.file }
    let isFolder = try Self.isFolder(output)
    if !isFolder { _ = try OutputTarget(output, isGiven: true, overwrites: force) }
    let checkpoint = output.appending(isFolder ? "/training.checkpoint" : ".checkpoint")
    func stage(trainedBytes: Int) -> ExpertStage {
      ExpertStage(
        data: data, seed: plan.seed, threads: threads.count, trainedBytes: trainedBytes)
    }
    let model: TrainedModelFile
    if plan.size == .experts {
      guard let base else { throw ValidationError("--size experts needs --base.") }
      model = try stage(trainedBytes: .max).complete(
        base, beside: [.none] + base.networks.indices.map { .one($0) } + [.all])
    } else {
      let trainer = try makeTrainer(data, base: base, checkpoint: checkpoint)
      try train(trainer, validation, checkpoint: checkpoint)
      let losses = Dictionary(
        validation.map { ($0.name, trainer.validate($0.files)) }, uniquingKeysWith: { $1 })
      let trained = try trainer.model(losses: losses)
      let selections: [NetworkSelection] =
        base == nil ? [.none, .one(trainer.place)] : [.one(trainer.place)]
      if !messages.quiet { Standard.printError("the experts learn beside the network") }
      model = try stage(trainedBytes: trainer.plan.byteBudget)
        .complete(trained, beside: selections)
    }
    let bytes = model.bytes
    let digest = Digest(of: bytes)
    let path = isFolder ? output.appending("/\(digest)\(ModelFiles.suffix)") : output
    let target = try OutputTarget(path, isGiven: !isFolder, overwrites: force)
    let file = try OutputFile(target, overwrites: force, isSparse: false)
    try file.write(bytes)
    try file.finish(copying: nil, isSynchronous: true)
    Trainer.removeCheckpoint(at: checkpoint)
    Standard.print("\(digest)  \(path)")
  }

  /// Begins the training, or goes on with it.
  private func makeTrainer(
    _ data: TrainingData, base: TrainedModelFile?, checkpoint: FileName
  ) throws -> Trainer {
    let isBegun = FileSystem.exists(checkpoint)
    if let time = plan.time {
      if isBegun {
        let begun = try Trainer.plan(ofCheckpoint: checkpoint)
        return try Trainer(
          plan: begun, data: data, base: base, threads: threads.count, checkpoint: checkpoint)
      }
      // The speed of a training that is thrown away decides how many bytes fit into the time.
      let clock = ContinuousClock()
      let start = clock.now
      let trial = try Trainer(
        plan: plan(byteBudget: .max), data: data, base: base, threads: threads.count,
        checkpoint: nil)
      let begin = clock.now
      let end = begin + .seconds(min(20, time * 6))
      while clock.now < end { trial.advance() }
      let speed = Double(trial.byteCount) / ((clock.now - begin) / .seconds(1))
      let left = max(time * 60 * Self.networkShare - (clock.now - start) / .seconds(1), 1)
      return try Trainer(
        plan: plan(byteBudget: Int(speed * left)), data: data, base: base,
        index: trial.index, threads: threads.count, checkpoint: nil)
    }
    return try Trainer(
      plan: plan(byteBudget: plan.bytes?.bytes ?? data.byteCount), data: data, base: base,
      threads: threads.count, checkpoint: isBegun ? checkpoint : nil)
  }

  private func plan(byteBudget: Int) -> TrainingPlan {
    var plan = plan.plan(byteBudget: byteBudget)
    plan.start = from.map { $0 - 1 }
    return plan
  }

  private func train(
    _ trainer: Trainer, _ validation: [(name: String, files: [[UInt8]])], checkpoint: FileName
  ) throws {
    let clock = ContinuousClock()
    let (start, begun) = (clock.now, trainer.byteCount)
    var (lastReport, lastCheckpoint) = (start, start)
    while !trainer.isDone {
      trainer.advance()
      if !messages.quiet && (clock.now - lastReport > .seconds(30) || trainer.isDone) {
        lastReport = clock.now
        let speed = Double(trainer.byteCount - begun) / ((clock.now - start) / .seconds(1))
        let losses = validation.map {
          ", \($0.name) \(Format.fixed(trainer.validate($0.files), decimals: 4))"
        }
        let budget = trainer.plan.byteBudget
        let left = Double(max(budget - trainer.byteCount, 0)) / speed
        Standard.printError(
          "\(Format.fixed(Double(trainer.byteCount) * 1e-6, decimals: 1)) of "
            + "\(Format.fixed(Double(budget) * 1e-6, decimals: 1)) MB, "
            + "\(Format.fixed(trainer.loss, decimals: 4)) bits a byte\(losses.joined()), "
            + "\(Format.fixed(speed * 1e-6, decimals: 3)) MB/s, "
            + "\(Format.fixed(left, decimals: 0)) s left")
      }
      if clock.now - lastCheckpoint >= Self.checkpointInterval && !trainer.isDone {
        lastCheckpoint = clock.now
        try trainer.writeCheckpoint(to: checkpoint)
      }
    }
  }

  /// The part of `--time` that is the network's; the rest is for the experts.
  private static let networkShare = 0.75

  /// A minute, or what LSTMZIP_CHECKPOINT_SECONDS says.
  private static let checkpointInterval: Duration = {
    .seconds(Environment.value("LSTMZIP_CHECKPOINT_SECONDS").flatMap(Double.init) ?? 60)
  }()

  /// Whether the output is a folder; the user's own is made if it is missing.
  private static func isFolder(_ path: FileName) throws -> Bool {
    if path == ModelFiles.userFolder { try FileSystem.makeFolder(path) }
    return FileSystem.isFolder(path)
  }
}

/// What is trained and for how long.
struct TrainingOptions: ParsableArguments {
  enum Size: String, CaseIterable, ExpressibleByArgument {
    case small, medium, large, experts

    var shape: (layers: Int, cells: Int) {
      switch self {
      case .small: (1, 96)
      case .medium: (2, 192)
      case .large: (2, 512)
      case .experts: (1, 16)
      }
    }
  }

  @Option(
    help: """
      The network: small (1 x 96 cells), medium (2 x 192), large (2 x 512); or experts, to train only \
      those of the base model anew.
      """)
  var size = Size.medium

  @Option(help: "End after so many bytes, in as many passes as that takes. (default: one pass)")
  var bytes: MemorySize?

  @Option(
    help: """
      End after about so many minutes, of which the experts' learning takes the last quarter. The speed \
      of a trial of at most 20 seconds decides after how many bytes, so that another run gives another \
      model.
      """)
  var time: Double?

  @Option(help: "The greatest learning rate. (default: 0.006, or 0.004 for more than one layer)")
  var learningRate: Float?

  @Option(help: "Binary logarithm of the number of n-grams that get a row, from 2 to 24.")
  var rowBits = 21

  @Option(help: "Decides the order of the data and the first weights.")
  var seed: UInt64 = 1

  func validate() throws {
    if bytes != nil && time != nil {
      throw ValidationError("--bytes and --time exclude each other.")
    }
    guard (2...24).contains(rowBits) else {
      throw ValidationError("--row-bits \(rowBits): not from 2 to 24.")
    }
    if let learningRate, !(learningRate > 0 && learningRate <= 1) {
      throw ValidationError("--learning-rate \(learningRate): not above 0 and up to 1.")
    }
    if let time, !(time > 0 && time < 1e6) {
      throw ValidationError("--time \(time): not above 0 and below a million.")
    }
  }

  func plan(byteBudget: Int) -> TrainingPlan {
    var plan = TrainingPlan(
      layers: size.shape.layers, cells: size.shape.cells, byteBudget: byteBudget)
    plan.learningRate = learningRate ?? (size.shape.layers > 1 ? 0.004 : 0.006)
    // The weights of a large network leave the cache between two steps: more lanes share a reading.
    if size == .large { plan.lanes = 16 }
    plan.ngramRowBits = rowBits
    plan.seed = seed
    return plan
  }
}
