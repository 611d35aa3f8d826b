// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TestSupport
import Testing

@testable import Archive
@testable import LSTMArchive
@testable import Prediction
@testable import Serialisation
@testable import TrainedModels

/// Archives whose models start from a training.
@Suite(.serialized) struct TrainedModelTests {
  /// The networks, whether there are experts, and the lanes that are asked for.
  static let models: [(NetworkSelection, Bool, Int)] = [
    (.one(0), true, 1), (.one(0), false, 1), (.one(1), true, 1), (.none, true, 1),
    (.one(0), false, 3), (.one(1), true, 2), (.all, true, 1), (.all, true, 2),
  ]

  private func error(_ archive: [UInt8], _ decompressor: Decompressor) -> CompressionError? {
    do {
      _ = try decompressor.decompress(archive)
      return nil
    } catch {
      return error as? CompressionError
    }
  }

  @Test(arguments: models)
  func contentsComeBack(selection: NetworkSelection, hasExperts: Bool, lanes: Int) throws {
    let options = TinyModels.options(selection, hasExperts: hasExperts, lanes: lanes)
    // Enough for lanes where there are any.
    let size = lanes > 1 ? 4400 : 400
    // All networks are slow in a debug build.
    let isSlow = selection == .all && lanes > 1
    for content in isSlow
      ? [Samples.records(size)] : [Samples.text(size), Samples.records(size), [0]]
    {
      let archive = try TinyModels.archive(content, options)
      let summary = try ArchiveSummary(
        from: Samples.pieces(of: archive), models: TinyModels.store)
      #expect(summary.missingModels.isEmpty && summary.settings.count == 1)
      #expect(summary.settings[0].trained == options.trained)
      #expect(summary.settings[0].hasExperts == hasExperts)
      if selection != .none {
        #expect(summary.settings[0].lanes == (content.count > 1 && lanes > 1 ? 2 : 1))
        #expect(summary.settings[0].mainNetwork?.learningRate == 64)
        #expect(summary.settings[0].mainNetwork?.contextLearningRate == 512)
      }
      for threads in isSlow ? [3] : lanes > 1 ? [1, 3] : [2] {
        #expect(try TinyModels.decompressor(threads: threads).decompress(archive) == content)
        #expect(try TinyModels.archive(content, options, threads: threads) == archive)
      }
    }
  }

  /// Through the compressor, which chooses: any number of threads and pieces of any size.
  @Test func compressorGivesTheSame() throws {
    let content = Samples.text(2000) + Samples.random(1100) + Samples.records(1500)
    var compressor = Samples.compressor()
    compressor.options = TinyModels.options(.one(1), hasExperts: false)
    let expected = try compressor.compress(content)
    for threads in 1...3 {
      compressor.threads = threads
      var archive: [UInt8] = []
      try compressor.compress(from: Samples.pieces(of: content), to: { archive += $0 })
      #expect(archive == expected)
      var restored: [UInt8] = []
      try TinyModels.decompressor(threads: threads).decompress(
        from: Samples.pieces(of: archive), to: { restored += $0 })
      #expect(restored == content)
    }
    let summary = try ArchiveSummary(
      from: Samples.pieces(of: expected), models: TinyModels.store)
    #expect(
      summary.settings.contains { $0.trained == TrainedComponents(TinyModels.model, .one(1)) })
  }

  /// What was learned is of use.
  @Test func trainingMakesArchivesSmaller() throws {
    let content = Samples.text(500)
    let trained = try TinyModels.archive(
      content, TinyModels.options(.one(0), hasExperts: false))
    var compressor = Samples.compressor()
    let untrained = try compressor.compress(content)
    #expect(trained.count < untrained.count * 3 / 4)
    compressor.options = TinyModels.options(.one(0), hasExperts: false)
    #expect(try compressor.compress(content).count <= trained.count)
  }

  @Test func missingModelsAreNamedBeforeAnyOutput() throws {
    let archive = try TinyModels.archive(
      Samples.text(100), TinyModels.options(.one(0), hasExperts: true))
    let name = "\(TinyModels.model.reference)"
    var output: [UInt8] = []
    let error = #expect(throws: CompressionError.self) {
      try Decompressor().decompress(from: Samples.pieces(of: archive), to: { output += $0 })
    }
    #expect(error?.code == .missingModel && output.isEmpty)
    #expect(error?.message.contains(name) == true)
    // Frames before it are given out.
    let plain = try Samples.compressor().compress(Samples.text(300))
    #expect(throws: CompressionError.self) {
      try Decompressor().decompress(from: Samples.pieces(of: plain + archive), to: { output += $0 })
    }
    #expect(output == Samples.text(300))
    let summary = try ArchiveSummary(from: Samples.pieces(of: plain + archive))
    #expect(summary.missingModels == [name])
    #expect(summary.contentBytes == 400 && summary.predictors.count == 1)
  }

  /// A model of the same shape is another one.
  @Test func anotherModelIsRefused() throws {
    #expect(TinyModels.model.reference != TinyModels.other.reference)
    let archive = try TinyModels.archive(
      Samples.text(100), TinyModels.options(.one(0), hasExperts: false))
    var decompressor = Decompressor()
    decompressor.models = TrainedModelStore { digest in
      TinyModels.other.reference == .file(digest) ? TinyModels.other : nil
    }
    #expect(error(archive, decompressor)?.code == .missingModel)
    // A store that gives the wrong one is caught by the content's checksum.
    decompressor.models = TrainedModelStore { _ in TinyModels.other }
    #expect(error(archive, decompressor)?.code == .corruptContent)
  }

  /// What looking for a model throws comes through, and a model is looked for once.
  @Test func storesAreAsked() throws {
    struct Failure: Error {}
    let frame = try TinyModels.archive(
      [1, 2, 3], TinyModels.options(.one(0), hasExperts: false))
    var decompressor = Decompressor()
    decompressor.models = TrainedModelStore { _ in throw Failure() }
    #expect(throws: Failure.self) { try decompressor.decompress(frame) }
    let counter = Counter()
    decompressor.models = TrainedModelStore { digest in
      counter.value.wrappingAdd(1, ordering: .relaxed)
      return try TinyModels.store.model(.file(digest))
    }
    #expect(try decompressor.decompress(frame + frame + frame) == [1, 2, 3, 1, 2, 3, 1, 2, 3])
    #expect(counter.value.load(ordering: .relaxed) == 1)
  }

  private final class Counter: Sendable {
    let value = Atomic<Int>(0)
  }

  @Test func everyTruncationAndEveryChangeIsAnError() throws {
    for model in [
      TinyModels.options(.one(0), hasExperts: false),
      TinyModels.options(.none, hasExperts: true),
    ] {
      let archive = try TinyModels.archive(Samples.text(60), model)
      let decompressor = TinyModels.decompressor()
      for count in archive.indices {
        #expect(error(Array(archive.prefix(count)), decompressor)?.code == .truncated)
      }
      for position in archive.indices {
        for bit in [position % 8, 7] {
          var damaged = archive
          damaged[position] ^= 1 << bit
          #expect(error(damaged, decompressor) != nil, "byte \(position), bit \(bit)")
        }
      }
    }
  }

  /// A header with a sound checksum around a description.
  private func frame(_ description: [UInt8]) -> [UInt8] {
    var bytes =
      FrameHeader.magic + [1, 1, 1, 0, 0, UInt8(description.count)] + description + [1]
    bytes += [0, 0, 0, 0]
    var writer = ByteWriter()
    writer.append(Checksum.of(bytes))
    return bytes + writer.bytes + [0]
  }

  @Test func hostileDescriptions() throws {
    guard case .file(let digest) = TinyModels.model.reference else { return }
    let reference: [UInt8] =
      [0] + (0..<8).map { UInt8(truncatingIfNeeded: digest.value >> (8 * $0)) }
    let decompressor = TinyModels.decompressor()
    func code(_ description: [UInt8]) -> CompressionError.Code? {
      error(frame(description), decompressor)?.code
    }
    // As it should be: the content's checksum is what is wrong then.
    #expect(code([5, 0x13, 0x60, 0x90] + reference) == .corruptContent)
    #expect(code([7, 0, 0, 0xFF] + reference) == .corruptContent)
    #expect(code([6] + reference) == .corruptContent)
    // Networks that the model lacks, more than 64 lanes, nothing that predicts, other bits.
    for description: [UInt8] in [
      [5, 0x20, 0x60, 0x90], [5, 0xF0, 0x60, 0x90], [5, 7, 0x60, 0x90],
      [5, 15, 0x60, 0x90], [4, 0, 0x60, 0x90], [4], [13, 0, 0x60, 0x90],
    ] {
      #expect(code(description + reference) == .unsupportedModel, "\(description)")
    }
    // Cut short, and more after it.
    let whole: [UInt8] = [5, 0, 0x60, 0x90] + reference
    for count in 0..<whole.count {
      #expect(code(Array(whole.prefix(count))) == .unsupportedModel, "\(count) bytes")
    }
    #expect(code(whole + [0]) == .unsupportedModel)
    // Models that are not there.
    #expect(code([5, 0, 0x60, 0x90, 200]) == .missingModel)
    #expect(code([5, 0, 0x60, 0x90, 0] + [UInt8](repeating: 1, count: 8)) == .missingModel)
  }

  @Test func codesOfLearningRates() {
    for code in UInt8.min...UInt8.max {
      let rate = RateCode(code: code).rate
      #expect((1...65535).contains(rate))
      #expect(rate == max(1, ((16 + Int(code & 15)) << Int(code >> 4)) / 16))
      // The code of a rate is one of the same rate.
      #expect(RateCode(rate: rate).rate == rate)
    }
    for rate in 1...65535 {
      let found = RateCode(rate: rate).rate
      #expect(found <= rate && Double(rate) < Double(found) * 17 / 16 + 1)
    }
    #expect(RateCode(rate: 0).rate == 1 && RateCode(rate: 1 << 40).rate == 63488)
  }

  @Test func memoryIsCheckedBeforeItIsAllocated() throws {
    let archive = try TinyModels.archive(
      Samples.text(100), TinyModels.options(.one(1), hasExperts: false))
    var decompressor = TinyModels.decompressor()
    decompressor.memoryLimit = 1 << 16
    #expect(error(archive, decompressor)?.code == .memoryLimit)
  }
}
