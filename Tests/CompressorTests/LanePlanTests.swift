import Testing

@testable import Compressor

@Suite struct LanePlanTests {
  @Test(arguments: [0, 1, 100, 4096, 9000, 100_001, 300_000], [1, 2, 3, 8, 64])
  func everyByteIsCodedOnce(contentSize: Int, lanes: Int) {
    let plan = LanePlan(contentSize: contentSize, lanes: lanes)
    var isCoded = [Bool](repeating: false, count: contentSize)
    for index in 0..<contentSize { isCoded[plan.position(index)] = true }
    #expect(!isCoded.contains(false))
    #expect(plan.lanes == lanes || plan.lanes == 1)
    if plan.lanes == 1 { #expect(plan.prefix == contentSize) }
  }

  /// At the start of a round each lane is where its next byte is, and the first one goes on where the
  /// last one ended.
  @Test func roundsBeginWhereTheLanesAre() throws {
    let plan = LanePlan(contentSize: 100_001, lanes: 3)
    var rounds = 0
    for index in 0..<100_001 {
      guard let starts = plan.starts(after: index) else { continue }
      rounds += 1
      #expect(starts == (0..<3).map { plan.position(index + $0) })
      #expect(plan.position(index - 1) + 1 == starts[0])
    }
    #expect(rounds == 15)
    #expect(plan.starts(after: 100_001) == nil)
  }

  @Test func lanesComeWithSizeAndWeights() {
    #expect(LanePlan.lanes(contentSize: 1 << 30, weights: 30_000) == 1)
    #expect(LanePlan.lanes(contentSize: 100_000, weights: 1_000_000) == 1)
    #expect(LanePlan.lanes(contentSize: 1 << 20, weights: 1_000_000) == 4)
    #expect(LanePlan.lanes(contentSize: 1 << 23, weights: 1_000_000) == 2)
  }

  /// Threads and lanes together, with experts and without.
  @Test(arguments: [true, false])
  func threadsGiveTheSameBytes(hasExperts: Bool) throws {
    let content = Samples.text(7000)
    let model = Samples.description(
      Model(network: Samples.network, hasExperts: hasExperts, lanes: 3), content)
    #expect(model.plan(contentSize: content.count).lanes == 3)
    let payloads = try [1, 2, 3].map {
      try FrameCoder.encode(content, model: model, threads: $0) { _, _ in }
    }
    #expect(payloads[1] == payloads[0] && payloads[2] == payloads[0])
    let restored = try FrameCoder.decode(
      payloads[0], contentSize: content.count, model: model, threads: 2
    ) { _ in }
    #expect(restored == content)
  }
}
