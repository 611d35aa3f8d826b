// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Prediction

@Suite struct LaneLayoutTests {
  @Test(arguments: [0, 1, 100, 4096, 9000, 100_001, 300_000], [1, 2, 3, 8, 64])
  func everyByteIsCodedOnce(contentSize: Int, lanes: Int) {
    let layout = LaneLayout(contentSize: contentSize, lanes: lanes)
    var isCoded = [Bool](repeating: false, count: contentSize)
    for index in 0..<contentSize { isCoded[layout.position(index)] = true }
    #expect(!isCoded.contains(false))
    #expect(layout.lanes == lanes || layout.lanes == 1)
    if layout.lanes == 1 { #expect(layout.prefix == contentSize) }
  }

  /// At the start of a round each lane is where its next byte is, and the first one goes on where the
  /// last one ended.
  @Test func roundsBeginWhereTheLanesAre() throws {
    let layout = LaneLayout(contentSize: 100_001, lanes: 3)
    var rounds = 0
    for index in 0..<100_001 {
      guard let starts = layout.starts(after: index) else { continue }
      rounds += 1
      #expect(starts == (0..<3).map { layout.position(index + $0) })
      #expect(layout.position(index - 1) + 1 == starts[0])
    }
    #expect(rounds == 15)
    #expect(layout.starts(after: 100_001) == nil)
  }

  @Test func lanesComeWithSizeAndWeights() {
    #expect(LaneLayout.lanes(contentSize: 1 << 30, weights: 30_000) == 1)
    #expect(LaneLayout.lanes(contentSize: 100_000, weights: 1_000_000) == 1)
    #expect(LaneLayout.lanes(contentSize: 1 << 20, weights: 1_000_000) == 4)
    #expect(LaneLayout.lanes(contentSize: 1 << 23, weights: 1_000_000) == 2)
  }

  /// Threads and lanes together, with experts and without.
  @Test(arguments: [true, false])
  func threadsGiveTheSameBytes(hasExperts: Bool) throws {
    let content = Samples.text(7000)
    let settings = Samples.settings(
      PredictorOptions(network: Samples.network, hasExperts: hasExperts, lanes: 3), content)
    #expect(settings.layout.lanes == 3)
    let payloads = try [1, 2, 3].map {
      try ContentCoder.encode(content, settings: settings, threads: $0) { _, _ in }
    }
    #expect(payloads[1] == payloads[0] && payloads[2] == payloads[0])
    let restored = try ContentCoder.decode(
      payloads[0], settings: settings, threads: 2
    ) { _ in }
    #expect(restored == content)
  }
}
