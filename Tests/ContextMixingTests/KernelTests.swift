// SPDX-License-Identifier: Apache-2.0

import Platform
import CMixing
import Contexts
import TestSupport
import Testing

@Suite struct KernelTests {
  private let fast = cmixing_best_kernels().pointee
  private let portable = cmixing_portable_kernels().pointee

  /// 16-bit values that the kernels accept, extremes among them.
  private static func value(_ random: inout SplitMix64) -> Int16 {
    switch random.below(8) {
    case 0: .max
    case 1: -.max
    case 2: 0
    default: max(-.max, Int16(truncatingIfNeeded: random.next()))
    }
  }

  /// Mixers of one weight vector each; there is room for more of them.
  private struct Layer {
    private let arena = Arena()
    private let layer: UnsafeMutablePointer<cmixing_layer>
    private let length: Int
    private let mixers: Int
    private let room: Int

    init(length: Int, mixers: Int, shift: Int) {
      (self.length, self.mixers) = (length, mixers)
      room = (mixers + 15) / 16 * 16
      let squash = arena.allocate(1024, repeating: UInt16(0))
      for i in 0..<1024 { squash[i] = UInt16(i * 64 + 32) }
      let offsets = arena.allocate(room, repeating: UInt32(0))
      for i in 0..<room { offsets[i] = UInt32(min(i, mixers) * length) }
      layer = arena.allocate(
        1,
        repeating: cmixing_layer(
          length: Int32(length), mixer_count: Int32(mixers), shift: Int32(shift),
          inputs: arena.allocate(length, repeating: 0),
          weights: arena.allocate(length * (mixers + 1), repeating: 0), offsets: offsets,
          outputs: arena.allocate(room, repeating: -123), squash: squash))
    }

    func fill(_ random: inout SplitMix64) {
      for i in 0..<length - 1 { inputs[i] = value(&random) }
      for i in 0..<length * mixers {
        weights[i] =
          i % length < length - 1
          ? value(&random) : Int16(random.below(4) == 0 ? 1023 : random.below(1023))
      }
    }

    var inputs: UnsafeMutablePointer<Int16> { layer.pointee.inputs }
    var weights: UnsafeMutablePointer<Int16> { layer.pointee.weights }
    var output: Int { Int(layer.pointee.outputs[0]) }

    func mix(_ kernels: cmixing_kernels) -> [Int16] {
      kernels.mix(layer)
      return Array(UnsafeBufferPointer(start: layer.pointee.outputs, count: room))
    }

    func learn(_ kernels: cmixing_kernels, bit: Int, rate: Int) -> [Int16] {
      kernels.learn(layer, Int32(bit), Int32(rate))
      return Array(UnsafeBufferPointer(start: weights, count: length * mixers))
    }
  }

  @Test(arguments: [16, 32, 48, 64, 160], [1, 4, 10, 16, 17, 40])
  func mixersAgree(length: Int, mixers: Int) {
    for seed in 0..<200 {
      var random = SplitMix64(state: UInt64(seed))
      var same = random
      let layer = Layer(length: length, mixers: mixers, shift: 6 + seed % 3)
      let sameLayer = Layer(length: length, mixers: mixers, shift: 6 + seed % 3)
      layer.fill(&random)
      sameLayer.fill(&same)
      let outputs = layer.mix(fast)
      #expect(outputs == sameLayer.mix(portable))
      #expect(outputs[mixers...].allSatisfy { $0 == -123 })
      let rate = random.below(2000)
      #expect(
        layer.learn(fast, bit: seed & 1, rate: rate)
          == sameLayer.learn(portable, bit: seed & 1, rate: rate))
    }
  }

  @Test func mixersAreTheirDefinition() {
    for kernels in [fast, portable] {
      let layer = Layer(length: 16, mixers: 1, shift: 2)
      (layer.inputs[0], layer.inputs[1]) = (100, -300)
      (layer.weights[0], layer.weights[1], layer.weights[15]) = (30_000, 7, 50)
      _ = layer.mix(kernels)
      let output = ((100 * 30_000 - 300 * 7) >> 8) >> 2
      #expect(layer.output == output)
      let weights = layer.learn(kernels, bit: 1, rate: 20)
      let error = 65_535 - ((output + 32_768) / 64 * 64 + 32)
      let step = (error * (20 + 80_000 / 150) + 8192) >> 14
      #expect(Int(weights[0]) == 30_000 + (100 * step + 16_384) >> 15)
      #expect(Int(weights[1]) == 7 + (-300 * step + 16_384) >> 15)
      #expect(weights[15] == 51)
    }
  }

  /// 13 contexts with random histories and probabilities.
  private struct Histories {
    private let arena = Arena()
    private let contexts: UnsafeMutablePointer<cmixing_contexts>
    private let next: UnsafeMutablePointer<UInt8>
    private static let (count, padded) = (13, 16)
    private static let entryCount = padded * Int(CMIXING_HISTORIES)

    init(_ random: inout SplitMix64) {
      next = arena.allocate(512, repeating: 0)
      for i in 0..<512 { next[i] = UInt8((i * 37 + 1) % Int(CMIXING_HISTORIES)) }
      let stretch = arena.allocate(4096, repeating: Int16(0))
      for i in 0..<4096 { stretch[i] = Int16(i * 7 - 14_000) }
      let entries = arena.allocate(Self.entryCount, repeating: CMIXING_NEW_ENTRY)
      for i in 0..<Self.entryCount where i % Int(CMIXING_HISTORIES) > 0 {
        entries[i] = UInt32(truncatingIfNeeded: random.next())
      }
      let histories = arena.allocate(Self.padded, repeating: nil as UnsafeMutablePointer<UInt8>?)
      for i in 0..<Self.padded {
        let bucket = arena.allocate(16, repeating: UInt8(0))
        histories[i] = bucket
        for node in 0..<16 where i < Self.count {
          bucket[node] = UInt8(random.below(Int(CMIXING_HISTORIES)))
        }
      }
      contexts = arena.allocate(
        1,
        repeating: cmixing_contexts(
          count: Int32(Self.count), padded_count: Int32(Self.padded), histories: histories,
          entries: entries, stretch: stretch, states: arena.allocate(Self.padded, repeating: 0),
          current: arena.allocate(Self.padded, repeating: 0),
          inputs: arena.allocate(2 * Self.padded, repeating: 0)))
    }

    /// Predicts and learns a bit: the inputs, the entries and the histories afterwards.
    func step(_ kernels: cmixing_kernels, node: Int, bit: Int, limit: Int) -> [[Int]] {
      kernels.predict_contexts(contexts, Int32(node))
      kernels.learn_contexts(contexts, Int32(node), Int32(bit), next, UInt32(limit))
      let all = contexts.pointee
      return [
        (0..<2 * Self.padded).map { Int(all.inputs[$0]) },
        (0..<Self.entryCount).map { Int(all.entries[$0]) },
        (0..<Self.padded).map { Int(all.histories[$0]?[node] ?? 0) },
      ]
    }
  }

  /// The fast kernels divide in floating point: all counts have to come up.
  @Test func contextsAgree() {
    var (random, same) = (SplitMix64(state: 7), SplitMix64(state: 7))
    let (histories, sameHistories) = (Histories(&random), Histories(&same))
    for round in 0..<1000 {
      let (node, bit, limit) = (round % 15 + 1, round >> 2 & 1, round % 2 == 0 ? 255 : 1023)
      #expect(
        histories.step(fast, node: node, bit: bit, limit: limit)
          == sameHistories.step(portable, node: node, bit: bit, limit: limit))
    }
  }
}
