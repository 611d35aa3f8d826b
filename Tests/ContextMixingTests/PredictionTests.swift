// SPDX-License-Identifier: Apache-2.0

import Content
import ArithmeticCoder
import CMixing
import ContextMixing
import Contexts
import TestSupport
import Testing

/// 64-bit FNV-1a.
private func fingerprint(_ bytes: [UInt8]) -> UInt64 {
  bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
}

@Suite struct PredictionTests {
  /// The size and the fingerprint of what 5000 bytes of each sample become: the same for every
  /// processor, instruction set and build, because archives depend on them.
  static let messages: [String: (Int, UInt64)] = [
    "zeros": (2, 0x0A99_CF07_B6F6_5195),
    "random": (5006, 0x2CF4_D9D0_E385_7184),
    "words": (436, 0x1295_0354_F749_0F18),
    "csv": (658, 0xB980_E0B3_2A26_B813),
    "records": (1061, 0xDA4E_B011_9C67_9EE9),
    "waves": (1044, 0xED77_2E54_A6D0_63F6),
    "pixels": (506, 0x8AFB_7DDB_D884_43CF),
    "bits": (280, 0xC895_6F33_E3FD_C9C8),
  ]

  @Test(arguments: SampleContent.all)
  func messagesNeverChange(sample: SampleContent) throws {
    let bytes = sample.bytes(5000)
    let message = compress(bytes, ContextConfiguration(.detect(bytes), contentSize: bytes.count))
    let expected = try #require(Self.messages[sample.name])
    #expect(message.count == expected.0)
    #expect(fingerprint(message) == expected.1)
  }

  @Test(arguments: ContentType.allCases, ExpertSet.allCases)
  func portableKernelsPredictTheSame(kind: ContentType, set: ExpertSet) {
    var configuration = ContextConfiguration(
      ContentDescription(type: kind, recordLength: 7), contentSize: 3000)
    configuration.expertSet = set
    let fast = ExpertPredictor(configuration)
    let portable = ExpertPredictor(
      configuration, kernels: cmixing_portable_kernels().pointee)
    var different = 0
    for byte in SampleContent.all.flatMap({ $0.bytes(400) }) {
      for i in (0..<8).reversed() {
        different += fast.probability() == portable.probability() ? 0 : 1
        fast.update(bit: byte >> UInt8(i) & 1 == 1)
        portable.update(bit: byte >> UInt8(i) & 1 == 1)
      }
    }
    #expect(different == 0)
  }

  @Test func memoryFollowsTheContent() {
    let small = ExpertPredictor(
      ContextConfiguration(ContentDescription(type: .text), contentSize: 1000)
    ).mixer.allocatedBytes
    let large = ExpertPredictor(
      ContextConfiguration(ContentDescription(type: .binary), contentSize: 100_000_000)
    ).mixer.allocatedBytes
    #expect(small < 3_000_000)
    #expect(large < 200_000_000)
    for size in [Int.min, 0, Int.max] {
      let bytes = ExpertPredictor(
        ContextConfiguration(ContentDescription(type: .text), contentSize: size)
      ).mixer.allocatedBytes
      #expect(bytes < 200_000_000)
    }
  }

  @Test func requiredMemoryIsAnUpperBound() {
    for size in [0, 30_000, 1 << 40] {
      for kind in ContentType.allCases {
        var configuration = ContextConfiguration(
          ContentDescription(type: kind, recordLength: 4000), contentSize: size, auxiliaryInputs: 1)
        for set in ExpertSet.allCases {
          configuration.expertSet = set
          let predictor = ExpertPredictor(configuration)
          #expect(
            predictor.mixer.allocatedBytes <= configuration.contextBytes + configuration.mixerBytes)
          #expect(predictor.contexts.allocatedBytes <= configuration.contextBytes)
        }
      }
    }
  }

  @Test func aGoodAuxiliaryInputIsBelievedAndABadOneIsNot() {
    let bytes = SampleContent.all[1].bytes(4000) + SampleContent.all[2].bytes(8000)
    /// The size with an auxiliary input that knows the bytes, or knows nothing and claims to.
    func size(outside: ((UInt8, Int) -> AuxiliaryPrediction)?) -> Int {
      let predictor = ExpertPredictor(
        ContextConfiguration(
          ContentDescription(type: .text), contentSize: bytes.count,
          auxiliaryInputs: outside == nil ? 0 : 1))
      var encoder = BinaryEncoder()
      for byte in bytes {
        for i in (0..<8).reversed() {
          if let outside { predictor.mixer.setAuxiliary(outside(byte, i)) }
          let bit = byte >> UInt8(i) & 1 == 1
          encoder.encode(bit, probability: predictor.probability())
          predictor.update(bit: bit)
        }
      }
      return encoder.finish().count
    }
    var random = SplitMix64(state: 9)
    let alone = size(outside: nil)
    let informed = size { byte, i in
      let bit = byte >> UInt8(i) & 1 == 1
      return AuxiliaryPrediction(
        probability: bit ? 4_200_000_000 : 94_967_296, expectedByte: byte, confidence: 7)
    }
    let misled = size { _, _ in
      AuxiliaryPrediction(
        probability: UInt32(truncatingIfNeeded: random.next()),
        expectedByte: UInt8(random.below(256)), confidence: random.below(20) - 5)
    }
    #expect(informed < alone / 10)
    #expect(misled < alone + alone / 25)
  }

  @Test func detectionTellsTheKindsApart() {
    func detect(_ name: String, _ size: Int) -> ContentDescription {
      ContentDescription.detect(SampleContent.all.first { $0.name == name }!.bytes(size))
    }
    #expect(detect("words", 10_000).type == .text)
    #expect(detect("csv", 10_000).type == .text)
    #expect(detect("random", 10_000).type == .binary)
    #expect(detect("records", 10_000).type == .binary)
    #expect(detect("records", 10_000).recordLength == 7)
    #expect(ContentDescription.detect([]).recordLength == 0)
    for text in ["Мой дядя самых честных правил\n", "床前明月光，疑是地上霜。", "😀😁"] {
      let bytes = Array(String(repeating: text, count: 50).utf8)
      #expect(ContentDescription.detect(bytes).type == .text)
      // Cut inside a character, and with some bytes that are of none.
      #expect(ContentDescription.detect(Array(bytes.dropFirst().dropLast())).type == .text)
      #expect(ContentDescription.detect(bytes + [UInt8](repeating: 0xB5, count: 20)).type == .text)
      // Nothing but bytes that go on with a character.
      #expect(ContentDescription.detect(bytes.map { $0 & 0xBF | 0x80 }).type == .binary)
    }
    // A tar archive's padding; fields of records; a text among zeros.
    func texts(zeros: Int) -> [UInt8] {
      (0..<40).flatMap {
        Array("text number \($0), and more of it\n".utf8) + [UInt8](repeating: 0, count: zeros)
      }
    }
    #expect(ContentDescription.detect(texts(zeros: 70)).type == .text)
    #expect(ContentDescription.detect(texts(zeros: 20)).type == .binary)
    #expect(ContentDescription.detect(texts(zeros: 300)).type != .text)
  }
}
