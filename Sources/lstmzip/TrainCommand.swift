import ArgumentParser
import Compressor
import Foundation
import LSTM
import Training

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a model on files like those to be compressed, for --model.",
    discussion: """
      Reads all files below folders. The plan, the data and the order of their names decide the \
      model, whatever the number of threads. A training that was ended goes on where its last \
      checkpoint, MODEL.checkpoint, was written, if it is started again with the same arguments; the \
      model is the same as without a break.
      """)

  enum Size: String, CaseIterable, ExpressibleByArgument {
    case small, medium, large

    var shape: (layers: Int, cells: Int) {
      switch self {
      case .small: (1, 96)
      case .medium: (2, 192)
      case .large: (2, 512)
      }
    }
  }

  @Option(name: .shortAndLong, help: "Write the model to FILE.")
  var output: String

  @Option(help: "The network: small, medium or large.")
  var size = Size.medium

  @Option(help: "Add the network to those of MODEL, whose table of n-grams it uses.")
  var base: String?

  @Option(help: "Report what the model makes of FILES or folders that it does not learn from.")
  var validate: [String] = []

  @Option(help: "End after N bytes, in as many passes as that takes. (default: one pass)")
  var bytes: MemorySize?

  @Option(help: "End after some MINUTES: bytes are chosen by the speed of the first of them.")
  var time: Double?

  @Option(help: "Greatest learning rate.")
  var learningRate: Float = 0.004

  @Option(help: "Binary logarithm of the rows of the table of n-grams.")
  var rowBits = 21

  @Option(help: "Decides the order of the data and the first weights.")
  var seed: UInt64 = 1

  @Flag(name: .shortAndLong, help: "Overwrite MODEL.")
  var force = false

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var messages: MessageOptions

  @Argument(help: "Files or folders to learn from.")
  var paths: [String]

  func run() throws {
    let clock = ContinuousClock()
    let steps = 16
    let data = TrainingData(files: try TrainingData.contents(of: paths), windowSteps: steps)
    var plan = TrainingPlan(
      layers: size.shape.layers, cells: size.shape.cells, byteBudget: bytes?.bytes ?? data.byteCount)
    plan.windowSteps = steps
    plan.learningRate = learningRate
    plan.ngramRowBits = rowBits
    plan.seed = seed
    let validation = try validate.map { path in
      (name: URL(fileURLWithPath: path).lastPathComponent, files: try TrainingData.contents(of: [path]))
    }
    let checkpoint = output + ".checkpoint"
    let isResumed = FileManager.default.fileExists(atPath: checkpoint)
    let trainer = try Trainer(
      plan: plan, data: data, base: nil, threads: threads.count,
      checkpoint: isResumed ? checkpoint : nil)
    var lastReport = clock.now
    var lastCheckpoint = clock.now
    let (start, begun) = (clock.now, trainer.byteCount)
    while !trainer.isDone {
      trainer.advance()
      if clock.now - lastReport > .seconds(40) || trainer.isDone {
        lastReport = clock.now
        let speed = Double(trainer.byteCount - begun) / ((clock.now - start) / .seconds(1))
        let left = Double(plan.byteBudget - trainer.byteCount) / speed
        Standard.printError(
          String(
            format: "%.1f of %.1f MB, %.4f bits a byte, held back %@, %.3f MB/s, %.0f s left",
            Double(trainer.byteCount) * 1e-6, Double(plan.byteBudget) * 1e-6, trainer.loss,
            validation.map { String(format: "%@ %.4f", $0.name, trainer.validate($0.files)) }
              .joined(separator: " "), speed * 1e-6, left))
      }
      if clock.now - lastCheckpoint > .seconds(60) {
        lastCheckpoint = clock.now
        try trainer.writeCheckpoint(to: checkpoint)
      }
    }
    let losses = Dictionary(
      uniqueKeysWithValues: validation.map { ($0.name, trainer.validate($0.files)) })
    let file = try OutputFile(path: output, overwrites: force)
    let model = try trainer.model(losses: losses)
    try file.write(model.bytes)
    try file.finish(copying: nil, isSynchronous: true)
    let rounded = try trainer.rounded(model)
    for (name, files) in validation { Standard.printError("rounded \(name) \(rounded.validate(files))") }
    if isResumed { try? FileManager.default.removeItem(atPath: checkpoint) }
  }
}
