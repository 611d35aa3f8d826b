// SPDX-License-Identifier: Apache-2.0

import Content
import Contexts
import Platform
import TestSupport

@testable import Archive
@testable import LSTMArchive
@testable import Prediction
@testable import Serialisation
@testable import TrainedModels
@testable import Training

/// Models of tiny trainings.
enum TinyModels {
  /// A network of one layer, and one of two that uses its table.
  static let bytes: [UInt8] = train(seed: 1)
  /// The same shapes, from other random numbers.
  static let otherBytes: [UInt8] = train(seed: 2)

  static let model = model(bytes)
  static let other = model(otherBytes)

  static func model(_ bytes: [UInt8]) -> TrainedModel {
    do {
      return try TrainedModel(ConstantBuffer(bytes))
    } catch {
      preconditionFailure("a model that was just made: \(error)")
    }
  }

  /// Knows both.
  static let store = TrainedModelStore { digest in
    [model, other].first { $0.reference == .file(digest) }
  }

  /// What is trained on: words of the text samples, and records.
  private static func train(seed: UInt64) -> [UInt8] {
    do {
      let files = [Samples.text(6000), Samples.records(2000), Samples.text(3000)]
      var model: TrainedModelFile?
      for layers in 1...2 {
        var plan = TrainingPlan(layers: layers, cells: 16, byteBudget: 16_000)
        plan.lanes = 4
        plan.windowSteps = 16
        plan.ngramRowBits = 7
        plan.seed = seed
        let trainer = try Trainer(
          plan: plan, data: TrainingData(files: files, windowSteps: plan.windowSteps),
          base: model, threads: 1, checkpoint: nil)
        while !trainer.isDone { trainer.advance() }
        model = try trainer.model(losses: [:])
      }
      return model?.bytes ?? []
    } catch {
      preconditionFailure("a training of samples: \(error)")
    }
  }

  /// Options that select networks of the first model.
  static func options(
    _ selection: NetworkSelection, hasExperts: Bool, lanes: Int? = nil
  ) -> PredictorOptions {
    PredictorOptions(
      network: selection == .none ? nil : Samples.network,
      trained: TrainedComponents(model, selection), hasExperts: hasExperts, lanes: lanes)
  }

  static let rates = LearningRates(dense: RateCode(rate: 65), contexts: RateCode(rate: 524))

  /// An archive of one frame with trained networks, whether they are best or not.
  static func archive(
    _ content: [UInt8], _ options: PredictorOptions, threads: Int = 1
  ) throws -> [UInt8] {
    try Samples.frame(content, Samples.settings(options, content, rates: rates), threads: threads)
  }

  /// A decompressor that knows the models.
  static func decompressor(threads: Int = 1) -> Decompressor {
    var decompressor = Decompressor()
    decompressor.models = store
    decompressor.threads = threads
    return decompressor
  }
}
