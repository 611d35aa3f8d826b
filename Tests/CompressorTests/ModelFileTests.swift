import LSTM
import Testing

@testable import Compressor

/// What damaged and hostile model files do: an error, never a crash.
@Suite struct ModelFileTests {
  private static let bytes = TrainedModels.bytes

  private func error(_ bytes: [UInt8]) -> CompressionError? {
    do {
      _ = try ModelFile(ConstantBuffer(bytes))
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
    let model = try ModelFile(ConstantBuffer(Self.bytes))
    #expect(model.bytes == Self.bytes)
    #expect(model.networks.map(\.layers) == [1, 2])
    let experts = [
      ModelFile.Experts(kind: 0, network: nil, knowledge: [1, 2, 3]),
      ModelFile.Experts(kind: 1, network: 1, knowledge: []),
    ]
    let more = ModelFile(
      ngrams: model.ngrams, networks: model.networks, experts: experts, record: [9])
    let read = try ModelFile(ConstantBuffer(more.bytes))
    #expect(read.experts.map(\.knowledge) == [[1, 2, 3], []] && read.record == [9])
    #expect(read.experts.map(\.kind) == [0, 1] && read.experts.map(\.network) == [nil, 1])
    #expect(read.bytes == more.bytes)
    let prior = try Prior(ConstantBuffer(more.bytes))
    #expect(TrainedStart(prior, network: nil).expertKnowledge(kind: .text) == [1, 2, 3])
    #expect(TrainedStart(prior, network: 7).expertKnowledge(kind: .binary) == [])
    #expect(TrainedStart(prior, network: 0).expertKnowledge(kind: .text) == nil)
  }

  /// All of the head's, and of the others many.
  @Test func truncationsAreErrors() throws {
    let whole = ConstantBuffer(Self.bytes)
    let last = whole.count - 1
    for count in Array(0..<600) + Array(stride(from: 600, to: last, by: 97)) + [last] {
      let error = #expect(throws: CompressionError.self, "\(count) bytes") {
        try ModelFile(ConstantBuffer(pointer: whole.pointer, count: count, owner: whole.owner))
      }
      #expect(error?.code == .invalidModelFile)
    }
    #expect(error(Self.bytes + [0])?.code == .invalidModelFile)
  }

  /// A changed byte is an error, or makes a model of another name; whatever it makes can be used.
  @Test func changedBytes() throws {
    let digest = Self.bytes.withUnsafeBufferPointer { Digest(of: $0) }
    let content = Samples.text(20)
    for position in Array(0..<120) + Array(stride(from: 120, to: Self.bytes.count, by: 3001)) {
      for change: UInt8 in [1, 0x80, 0x7F, 0xFF] {
        var damaged = Self.bytes
        damaged[position] ^= change
        guard let prior = try? Prior(ConstantBuffer(damaged)) else { continue }
        #expect(prior.reference != .file(digest))
        guard change == 0xFF else { continue }
        let model = Model(
          network: Samples.network, trained: TrainedStart(prior, network: 0), hasExperts: false)
        let archive = try TrainedModels.archive(content, model)
        var decompressor = Decompressor()
        decompressor.priors = PriorStore { _ in prior }
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
      ModelFile.magic + [1, 15, 24, 64, 0, 0, 0x80, 0x3F, 255, 255, 255, 255, 0, 0, 0, 0]
      + (0..<15).flatMap { _ in [8, 64, 8, 0] as [UInt8] } + [UInt8](repeating: 0, count: 4000)
    #expect(error(huge)?.code == .invalidModelFile)
  }

  /// Bytes without sense.
  @Test func noise() {
    for seed in 0..<200 {
      let head = ModelFile.magic + [1, UInt8(seed % 16), UInt8(2 + seed % 9), 16]
      #expect(error(head + Samples.random(1000, seed: UInt64(seed)))?.code == .invalidModelFile)
      #expect(error(Samples.random(100, seed: UInt64(seed)))?.code == .invalidModelFile)
    }
    #expect(error([])?.code == .invalidModelFile)
  }

  @Test func digests() {
    func digest(_ text: String) -> String {
      Array(text.utf8).withUnsafeBufferPointer { Digest(of: $0).description }
    }
    #expect(digest("") == "0000000000000001")
    #expect(digest("123456789") == "cbf43926091e01de")
  }
}
