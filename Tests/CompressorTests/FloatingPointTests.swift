// SPDX-License-Identifier: Apache-2.0

import CPlatform
import TestSupport
import Testing

@testable import LSTMArchive

/// Archives in programs that round otherwise, or flush subnormal numbers to zero, as audio hosts do.
@Suite(.serialized) struct FloatingPointTests {
  /// The four rounding modes, each without and with flushing of subnormal results and inputs.
  static let states: [UInt64] = (0..<4).flatMap { rounding in
    [false, true].map { flushes in
      #if arch(x86_64)
        0x1F80 | rounding << 13 | (flushes ? 0x8040 : 0)
      #elseif arch(arm64)
        rounding << 22 | (flushes ? 1 << 24 : 0)
      #else
        rounding
      #endif
    }
  }

  /// Runs `body` in another state, and says whether it left that state as it was.
  private func run<Result>(
    in state: UInt64, _ body: () throws -> Result
  ) rethrows -> (Result, isKept: Bool) {
    let before = cplatform_floating_point_state()
    cplatform_set_floating_point_state(state)
    defer { cplatform_set_floating_point_state(before) }
    let result = try body()
    // The lowest bits of x86-64's say which exceptions there were.
    return (result, cplatform_floating_point_state() & ~0x3F == state & ~0x3F)
  }

  @Test(arguments: states)
  func archivesDoNotDependOnTheState(state: UInt64) throws {
    let content = Samples.text(700) + Samples.random(60)
    for threads in [1, 2] {
      var compressor = Samples.compressor()
      compressor.options?.hasExperts = true
      compressor.threads = threads
      let expected = try compressor.compress(content)
      let (archive, isKept) = try run(in: state) { try compressor.compress(content) }
      #expect(archive == expected && isKept)
      let (restored, isKeptAgain) = try run(in: state) {
        var decompressor = Decompressor()
        decompressor.threads = threads
        return try decompressor.decompress(expected)
      }
      #expect(restored == content && isKeptAgain)
    }
  }

  /// The test can fail: what a network computes with does depend on the state.
  @Test func statesMakeADifference() {
    let (third, _) = run(in: Self.states[0]) { Self.quotient(1, 3) }
    let others = Self.states.map { state in run(in: state) { Self.quotient(1, 3) }.0 }
    #expect(others.contains { $0 != third })
  }

  /// Not inlined: the compiler computes constants in the standard state.
  @inline(never)
  private static func quotient(_ a: Float, _ b: Float) -> Float { a / b }
}
