// SPDX-License-Identifier: Apache-2.0

import Platform
import TestSupport
import Testing

@testable import LSTMArchive
@testable import Prediction
@testable import Serialisation
@testable import TrainedModels

/// What damaged and hostile model files do: an error, never a crash.
@Suite struct ModelFileTests {
  private static let bytes = TinyModels.bytes

  private func error(_ bytes: [UInt8]) -> FormatError? {
    do {
      _ = try TrainedModelFile(ConstantBuffer(bytes))
      return nil
    } catch {
      return error
    }
  }

  private func isInvalid(_ change: (inout [UInt8]) -> Void) -> Bool {
    var bytes = Self.bytes
    change(&bytes)
    return error(bytes)?.code == .invalidModelFile
  }

  @Test func filesComeBack() throws {
    let model = try TrainedModelFile(ConstantBuffer(Self.bytes))
    #expect(model.bytes == Self.bytes)
    #expect(model.networks.map(\.layers) == [1, 2])
    let experts = [
      TrainedModelFile.Experts(
        contentType: 0, networks: .none, expertSet: 0, parameters: [1, 2, 3]),
      TrainedModelFile.Experts(contentType: 1, networks: .one(1), expertSet: 2, parameters: []),
    ]
    let more = TrainedModelFile(
      ngrams: model.ngrams, networks: model.networks, experts: experts, record: [9])
    let read = try TrainedModelFile(ConstantBuffer(more.bytes))
    #expect(read.experts.map(\.parameters) == [[1, 2, 3], []] && read.record == [9])
    #expect(
      read.experts.map(\.contentType) == [0, 1] && read.experts.map(\.networks) == [.none, .one(1)])
    #expect(read.bytes == more.bytes)
    let prior = try TrainedModel(ConstantBuffer(more.bytes))
    #expect(TrainedComponents(prior, .none).expertParameters(.text, set: 0) == [1, 2, 3])
    #expect(TrainedComponents(prior, .one(7)).expertParameters(.binary, set: 2) == [])
    #expect(TrainedComponents(prior, .one(0)).expertParameters(.text, set: 0) == nil)
  }

  /// All of the head's, and of the others many.
  @Test func truncationsAreErrors() throws {
    let whole = ConstantBuffer(Self.bytes)
    let last = whole.count - 1
    for count in Array(0..<600) + Array(stride(from: 600, to: last, by: 97)) + [last] {
      let error = #expect(throws: FormatError.self, "\(count) bytes") {
        try TrainedModelFile(
          ConstantBuffer(pointer: whole.pointer, count: count, owner: whole.owner))
      }
      #expect(error?.code == .invalidModelFile)
    }
    #expect(error(Self.bytes + [0])?.code == .invalidModelFile)
  }

  /// A changed byte is an error, or makes a model of another name; whatever it makes can be used.
  @Test func changedBytes() throws {
    let digest = Digest(of: Self.bytes)
    let content = Samples.text(20)
    for position in Array(0..<120) + Array(stride(from: 120, to: Self.bytes.count, by: 3001)) {
      for change: UInt8 in [1, 0x80, 0x7F, 0xFF] {
        var damaged = Self.bytes
        damaged[position] ^= change
        guard let prior = try? TrainedModel(ConstantBuffer(damaged)) else { continue }
        #expect(prior.reference != .file(digest))
        guard change == 0xFF else { continue }
        let model = PredictorOptions(
          network: Samples.network, trained: TrainedComponents(prior, .one(0)), hasExperts: false)
        let archive = try TinyModels.archive(content, model)
        var decompressor = Decompressor()
        decompressor.models = TrainedModelStore { _ in prior }
        #expect(try decompressor.decompress(archive) == content)
      }
    }
  }

  @Test func fieldsOutOfRange() throws {
    // Magic, version, networks, row bits, width, scale.
    #expect(isInvalid { $0[0] = 0 })
    #expect(isInvalid { $0[4] = 2 })
    for count: UInt8 in [0, 1, 3, 16, 255] { #expect(isInvalid { $0[5] = count }) }
    for bits: UInt8 in [0, 1, 6, 8, 24, 25, 64, 255] { #expect(isInvalid { $0[6] = bits }) }
    for width: UInt8 in [0, 1, 8, 17, 32, 64, 80, 255] { #expect(isInvalid { $0[7] = width }) }
    #expect(isInvalid { $0.replaceSubrange(8..<12, with: [0, 0, 0xC0, 0x7F]) })
    #expect(isInvalid { $0.replaceSubrange(8..<12, with: [0, 0, 0x80, 0xFF]) })
    // Sizes of the record and of experts' parts beyond the file, and their number.
    #expect(isInvalid { $0.replaceSubrange(12..<16, with: [255, 255, 255, 255]) })
    #expect(isInvalid { $0[16] = 1 })
    #expect(isInvalid { $0[16] = 255 })
    // The shape of the first network: layers, cells, n-grams.
    for (offset, values) in [(20, [0, 2, 9, 255]), (21, [0, 2, 65, 255]), (22, [0, 7, 9, 255])]
      as [(Int, [UInt8])]
    {
      for value in values { #expect(isInvalid { $0[offset] = value }, "\(offset): \(value)") }
    }
    // A second moment that is negative, infinite or no number.
    for high: UInt8 in [0x80, 0xBF] { #expect(isInvalid { $0[31] = high }) }
    for pattern: [UInt8] in [[0, 0, 0x80, 0x7F], [1, 0, 0x80, 0x7F]] {
      #expect(isInvalid { $0.replaceSubrange(28..<32, with: pattern) })
    }
    // The largest shape that there is, in a file of some bytes.
    let huge: [UInt8] =
      TrainedModelFile.magic + [1, 15, 24, 64, 0, 0, 0x80, 0x3F, 255, 255, 255, 255, 0, 0, 0, 0]
      + (0..<15).flatMap { _ in [8, 64, 8, 0] as [UInt8] } + [UInt8](repeating: 0, count: 4000)
    #expect(error(huge)?.code == .invalidModelFile)
  }

  /// Bytes without sense.
  @Test func noise() {
    for seed in 0..<200 {
      let head = TrainedModelFile.magic + [1, UInt8(seed % 16), UInt8(2 + seed % 9), 16]
      #expect(error(head + Samples.random(1000, seed: UInt64(seed)))?.code == .invalidModelFile)
      #expect(error(Samples.random(100, seed: UInt64(seed)))?.code == .invalidModelFile)
    }
    #expect(error([])?.code == .invalidModelFile)
  }

  @Test func digests() {
    func digest(_ text: String) -> String {
      Digest(of: Array(text.utf8)).description
    }
    #expect(digest("") == "0000000000000001")
    #expect(digest("123456789") == "cbf43926091e01de")
  }
}
