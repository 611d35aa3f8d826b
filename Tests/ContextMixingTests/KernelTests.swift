import CMixing
import Testing

@Suite struct KernelTests {
  /// 16-bit values that the kernels accept, extremes among them.
  private func values(_ count: Int, _ random: inout SplitMix64) -> [Int16] {
    (0..<count).map { _ in
      switch random.below(8) {
      case 0: .max
      case 1: -.max
      case 2: 0
      default: max(-.max, Int16(truncatingIfNeeded: random.next()))
      }
    }
  }

  @Test(arguments: [16, 32, 80, 160])
  func mixersAgree(length: Int) {
    let fast = cmixing_best_kernels().pointee
    let portable = cmixing_portable_kernels().pointee
    var random = SplitMix64(state: UInt64(length))
    for _ in 0..<200 {
      let sets = 5
      let x = values(length, &random)
      var weights = values(length * sets, &random)
      var sameWeights = weights
      let offsets = (0..<sets).map { UInt32($0 * length) }
      let steps = values(sets, &random)
      var sums = [Int32](repeating: 0, count: sets)
      var sameSums = sums
      fast.dot(x, weights, offsets, &sums, Int32(length), Int32(sets))
      portable.dot(x, weights, offsets, &sameSums, Int32(length), Int32(sets))
      #expect(sums == sameSums)
      fast.learn(x, &weights, offsets, steps, Int32(length), Int32(sets))
      portable.learn(x, &sameWeights, offsets, steps, Int32(length), Int32(sets))
      #expect(weights == sameWeights)
    }
  }

  @Test func dotProductIsItsDefinition() {
    var sum: Int32 = 0
    var x = [Int16](repeating: 0, count: 16)
    var w = x
    (x[0], x[1], w[0], w[1]) = (100, -300, 1000, 7)
    cmixing_best_kernels().pointee.dot(x, w, [0], &sum, 16, 1)
    #expect(sum == (100 * 1000 - 300 * 7) >> 8)
    cmixing_best_kernels().pointee.learn(x, &w, [0], [16_384], 16, 1)
    #expect(w[0] == 1050 && w[1] == 7 - 150)
  }
}
