// SPDX-License-Identifier: Apache-2.0

import Content
import Contexts
import Testing

/// The hashes of n-grams, which trained tables are indexed by: they must never change.
@Suite struct NgramHasherTests {
  /// Words with capitals and bytes above 127, digits, runs of spaces, and the bytes around letters.
  private static let sample =
    Array("The Gate of 1997, \n{\u{E9}tat} LSTM".utf8)
    + [0, 255, 128, 0x40, 0x5B, 0x60, 0x7B, 0x7F] + Array("zZaA z".utf8)

  private func hashes(after bytes: some Collection<UInt8>) -> [UInt64] {
    var hasher = NgramHasher()
    for byte in bytes { hasher.append(byte) }
    return hashes(of: hasher)
  }

  private func hashes(of hasher: NgramHasher) -> [UInt64] {
    [UInt64](unsafeUninitializedCapacity: NgramHasher.contextCount) { buffer, count in
      hasher.fill(buffer)
      count = NgramHasher.contextCount
    }
  }

  @Test func hashesOfSomePlaces() {
    let expected: [Int: [UInt64]] = [
      1: [
        0xA52D_4F3C_33FC_4304, 0x9CCB_D9AB_E261_3CE4, 0x2D6B_A5F3_02A2_8728,
        0xC8BE_174D_0869_71C4, 0x3DE2_0FDC_3658_671F, 0x013B_BC6E_442D_8CAC,
        0xB362_C38E_291D_793B, 0xC810_E495_CF9D_0CDB,
      ],
      11: [
        0xDCA6_D1A6_76BA_F493, 0xFEFC_F7E8_D962_2012, 0x55AC_85E0_482D_0337,
        0x73EF_0A16_4D92_B717, 0xC88F_D1F5_C80E_45EA, 0x464F_C966_A01A_164E,
        0x927D_EEE2_0F18_4A3A, 0x679A_7C21_B2DC_5F22,
      ],
      24: [
        0x93B9_57BF_4603_A1AF, 0x902E_1DE9_FFAB_56F0, 0xFAAC_909C_5D37_AE3B,
        0xB73E_8D9A_9CCF_7A50, 0x7F4C_D3C9_8A5E_51FB, 0x9759_F03D_705F_3EB9,
        0x9126_F2CA_5014_837B, 0x860B_03D7_3777_5646,
      ],
    ]
    for (count, hashes) in expected {
      #expect(self.hashes(after: Self.sample.prefix(count)) == hashes, "after \(count) bytes")
    }
  }

  /// One number of all hashes after each byte of the sample.
  @Test func hashesOfAllPlaces() {
    var hasher = NgramHasher()
    var all: UInt64 = 0
    for byte in Self.sample {
      hasher.append(byte)
      for hash in hashes(of: hasher) {
        all = (all ^ hash) &* 0x9E37_79B9_7F4A_7C15
        all ^= all >> 32
      }
    }
    #expect(all == 0xECDB_014C_F406_B646)
  }

  /// A lane of a content that begins anew knows nothing of what came before.
  @Test func lanesBeginAnew() {
    var configuration = ContextConfiguration(ContentDescription(type: .text), contentSize: 1000)
    configuration.lanes = 2
    let model = ContextModel(configuration)
    let text = Self.sample
    for byte in text { model.append(byte) }
    func found(lane: Int) -> [UInt64] {
      [UInt64](unsafeUninitializedCapacity: NgramHasher.contextCount) { buffer, count in
        model.fillNgramHashes(lane: lane, buffer)
        count = NgramHasher.contextCount
      }
    }
    #expect(found(lane: 0) == hashes(after: text))
    model.moveLanes(to: [text.count, 500])
    #expect(found(lane: 0) == hashes(after: text))
    #expect(found(lane: 1) == hashes(after: []))
    for byte: UInt8 in [65, 66] {
      model.append(byte)
      model.advance()
    }
    #expect(found(lane: 0) == hashes(after: text + [65]))
    #expect(found(lane: 1) == hashes(after: [66]))
  }
}
