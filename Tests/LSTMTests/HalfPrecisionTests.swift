// SPDX-License-Identifier: Apache-2.0

import ReferenceLSTM
import Testing

@testable import LSTM

@Suite struct HalfPrecisionTests {
  @Test func everyFinitePatternComesBack() {
    var wrong: [UInt16] = []
    for bits in UInt16.min...UInt16.max where bits & 0x7C00 != 0x7C00 {
      let value = HalfPrecision.float(bits)
      let expected = ReferenceKernels.float(half: bits)
      if value.bitPattern != expected.bitPattern || HalfPrecision.bits(value) != bits {
        wrong.append(bits)
      }
    }
    #expect(wrong.isEmpty)
  }

  /// Around the middle of every two neighbours, and in it.
  @Test func roundsToNearestEven() {
    var wrong: [UInt16] = []
    for bits in UInt16(0)..<0x7BFF {
      // A sum of neighbours, and its half, are exact in binary32.
      let middle =
        (ReferenceKernels.float(half: bits) + ReferenceKernels.float(half: bits + 1)) / 2
      let even = bits & 1 == 0 ? bits : bits + 1
      let isRight =
        HalfPrecision.bits(middle) == even && HalfPrecision.bits(middle.nextDown) == bits
        && HalfPrecision.bits(middle.nextUp) == bits + 1
        && HalfPrecision.bits(-middle) == even | 0x8000
      if !isRight { wrong.append(bits) }
    }
    #expect(wrong.isEmpty)
  }

  @Test func extremes() {
    for (value, bits) in [
      (0, 0), (-0.0, 0x8000), (65504, 0x7BFF), (65519, 0x7BFF), (65536, 0x7BFF),
      (-.infinity, 0xFBFF), (.greatestFiniteMagnitude, 0x7BFF), (.leastNonzeroMagnitude, 0),
      (0x1p-24, 1), (0x1p-25, 0), (0x1.000002p-25, 1), (0x1.FFFp-15, 0x400),
    ] as [(Float, UInt16)] {
      #expect(HalfPrecision.bits(value) == bits, "\(value)")
    }
  }

  #if !(os(macOS) && arch(x86_64))
    @Test func roundsAsTheProcessorDoes() {
      var generator = RandomGenerator(seed: 1)
      for _ in 0..<20_000 {
        let value = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next() >> 32))
        guard value.magnitude < 65504 else { continue }
        #expect(HalfPrecision.bits(value) == Float16(value).bitPattern)
      }
    }
  #endif
}
