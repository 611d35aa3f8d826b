import Contexts
import LSTM
import Training

@testable import Compressor

/// Models of tiny trainings.
enum TrainedModels {
  /// A network of one layer, and one of two that uses its table.
  static let bytes: [UInt8] = train(seed: 1)
  /// The same shapes, from other random numbers.
  static let otherBytes: [UInt8] = train(seed: 2)

  static let prior = prior(bytes)
  static let other = prior(otherBytes)

  static func prior(_ bytes: [UInt8]) -> Prior {
    do {
      return try Prior(ConstantBuffer(bytes))
    } catch {
      preconditionFailure("a model that was just made: \(error)")
    }
  }

  /// Knows both.
  static let store = PriorStore { digest in
    [prior, other].first { $0.reference == .file(digest) }
  }

  /// What is trained on: words of the text samples, and records.
  private static func train(seed: UInt64) -> [UInt8] {
    do {
      let files = [Samples.text(6000), Samples.records(2000), Samples.text(3000)]
      var model: ModelFile?
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

  /// A model that starts from the network with the given place; nil for experts alone.
  static func model(network index: Int?, hasExperts: Bool, lanes: Int? = nil) -> Model {
    Model(
      network: index == nil ? nil : Samples.network, trained: TrainedStart(prior, network: index),
      hasExperts: hasExperts, lanes: lanes)
  }

  static let rates = LearningRates(dense: RateCode(rate: 65), contexts: RateCode(rate: 524))

  /// An archive of one frame whose models start from a training, whether that is best or not.
  static func archive(_ content: [UInt8], _ model: Model, threads: Int = 1) throws -> [UInt8] {
    let description = description(content, model)
    let payload = try FrameCoder.encode(content, model: description, threads: threads) { _, _ in }
    let header = FrameHeader(
      .model(
        description, contentSize: content.count, payloadSize: payload.count,
        contentChecksum: Checksum.of(content)))
    return header.bytes + payload
  }

  static func description(_ content: [UInt8], _ model: Model) -> ModelDescription {
    ModelDescription(
      model, content: content, detected: Configuration.detect(content), rates: rates)
  }

  /// A decompressor that knows the models.
  static func decompressor(threads: Int = 1) -> Decompressor {
    var decompressor = Decompressor()
    decompressor.priors = store
    decompressor.threads = threads
    return decompressor
  }
}

extension Samples {
  /// Records of eight bytes.
  static func records(_ count: Int) -> [UInt8] {
    let noise = random(count, seed: 9)
    return (0..<count).map { index in
      index % 8 == 3 ? noise[index] & 3 : [0, 1, 128, 0, 255, 7, 0, 0][index % 8]
    }
  }
}
