// SPDX-License-Identifier: Apache-2.0

import Content
import ArithmeticCoder
import ContextMixing
import Contexts
import TestSupport
import Testing

/// Encodes `bytes` with a fresh predictor.
func compress(_ bytes: [UInt8], _ configuration: ContextConfiguration) -> [UInt8] {
  let predictor = ExpertPredictor(configuration)
  var encoder = BinaryEncoder()
  for byte in bytes {
    for i in (0..<8).reversed() {
      let bit = byte >> UInt8(i) & 1 == 1
      encoder.encode(bit, probability: predictor.probability())
      predictor.update(bit: bit)
    }
  }
  return encoder.finish()
}

/// Decodes `count` bytes with a fresh predictor.
func decompress(_ message: [UInt8], count: Int, _ configuration: ContextConfiguration) throws
  -> [UInt8]
{
  let predictor = ExpertPredictor(configuration)
  var decoder = BinaryDecoder(message)
  var bytes: [UInt8] = []
  for _ in 0..<count {
    var byte: UInt8 = 0
    for _ in 0..<8 {
      let bit = try decoder.decode(probability: predictor.probability())
      predictor.update(bit: bit)
      byte = byte << 1 | (bit ? 1 : 0)
    }
    bytes.append(byte)
  }
  try decoder.finish()
  return bytes
}

@Suite struct RoundTripTests {
  @Test(arguments: SampleContent.all)
  func everySampleComesBack(sample: SampleContent) throws {
    for size in [0, 1, 2, 3, 255, 6000] {
      let bytes = sample.bytes(size)
      var configuration = ContextConfiguration(.detect(bytes), contentSize: bytes.count)
      for set in ExpertSet.allCases {
        configuration.expertSet = set
        let message = compress(bytes, configuration)
        #expect(try decompress(message, count: size, configuration) == bytes)
        // What cannot be predicted costs a little more than itself, and never much.
        #expect(message.count <= size + size / 200 + 8)
      }
    }
  }

  @Test(arguments: ContentType.allCases)
  func everyKindReadsEverySample(kind: ContentType) throws {
    for sample in SampleContent.all {
      for recordLength in [0, 7, ContentDescription.maximumRecordLength] {
        let bytes = sample.bytes(600)
        // A wrong guess of the size is only a matter of memory.
        var configuration = ContextConfiguration(
          ContentDescription(type: kind, recordLength: recordLength), contentSize: 100)
        for set in ExpertSet.allCases {
          configuration.expertSet = set
          let message = compress(bytes, configuration)
          #expect(try decompress(message, count: bytes.count, configuration) == bytes)
        }
      }
    }
  }

  /// A model file may have 15 networks, and one from nothing beside them.
  @Test func manyOutsideModelsTakePart() throws {
    var configuration = ContextConfiguration(
      ContentDescription(type: .text, recordLength: 0), contentSize: 200, auxiliaryInputs: 16)
    configuration.expertSet = .rich
    let content = (0..<200).map { UInt8($0 * $0 % 251) }
    let message = compress(content, configuration)
    #expect(try decompress(message, count: content.count, configuration) == content)
  }
}
