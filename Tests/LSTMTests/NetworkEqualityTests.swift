import Foundation
import Testing

@testable import LSTM

/// The fast network against its definition: equality of bits, after every step.
@Suite struct NetworkEqualityTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var configuration: NetworkConfiguration
    var bytes: Int
    var testDescription: String { name }
  }

  static let cases: [Case] = {
    var small = NetworkConfiguration()
    small.cells = 16
    small.embeddingRowBits = 6
    small.longestWindow = 9
    var deep = small
    deep.layers = 3
    deep.hasCoupledGates = false
    var plain = small
    plain.contexts = 0
    plain.cells = 48
    plain.layers = 2
    var wide = small
    wide.cells = 64
    wide.embeddingRowBits = 12
    var lanes = small
    lanes.layers = 2
    lanes.lanes = 5
    lanes.longestWindow = 32
    // Most contexts take another one's row: more rows change hands in a window than there are.
    var scarce = small
    scarce.embeddingRowBits = 2
    scarce.longestWindow = 4
    return [
      Case(name: "four embedding rows", configuration: scarce, bytes: 400),
      Case(name: "one layer, crowded embeddings", configuration: small, bytes: 3000),
      Case(name: "three layers, four gates", configuration: deep, bytes: 1000),
      Case(name: "two layers without contexts", configuration: plain, bytes: 600),
      Case(name: "one layer of 64 cells", configuration: wide, bytes: 600),
      Case(name: "five lanes", configuration: lanes, bytes: 2000),
    ]
  }()

  @Test(arguments: cases)
  func equalsReference(_ testCase: Case) throws {
    let network = try Network(configuration: testCase.configuration)
    var reference = ReferenceLearner(
      network: try Network(configuration: testCase.configuration))
    var run = SampleRun(testCase.configuration, bytes: testCase.bytes)
    while let step = run.next() {
      if step.splits {
        network.split()
        reference.split()
      }
      network.predict(after: step.before, contexts: step.contexts)
      reference.predict(after: step.before, contexts: step.contexts)
      for lane in step.before.indices {
        try #require(
          network.probabilities(lane: lane).map(\.bitPattern)
            == reference.probabilities(lane: lane).map(\.bitPattern), "step \(run.count)")
      }
      network.learn(step.targets)
      reference.learn(step.targets)
    }
    #expect(network.parameters.values.map(\.bitPattern) == reference.parameterBits)
  }

  @Test(arguments: ["portable", "avx2", "avx512", "neon"])
  func instructionSetsAgree(_ name: String) throws {
    guard let kernels = try? Kernels.named(name) else { return }
    let configuration = Self.twoLayers
    let network = try Network(configuration: configuration, kernels: kernels)
    let expected = try Network(configuration: configuration, kernels: Kernels.named(""))
    try expectSame(network, expected, SampleRun(configuration, bytes: 400))
  }

  /// Runs with delays of their own: many if the environment asks for long tests.
  private static let runs =
    ProcessInfo.processInfo.environment["LSTMZIP_LONG_TESTS"] == nil ? 2 : 200

  /// Predictions beside learning are those of one thread, however long learning takes.
  @Test(arguments: 0..<runs)
  func threadsAgree(run: Int) throws {
    let configuration = Self.twoLayers
    let count = Counter(seed: run)
    let network = try Network(
      configuration: configuration, threads: 2, kernels: Kernels.selected(),
      beforeLearning: { count.delay() })
    let expected = try Network(configuration: configuration)
    try expectSame(network, expected, SampleRun(configuration, bytes: 700))
    #expect(count.value.load(ordering: .relaxed) > 10)
  }

  private static let twoLayers: NetworkConfiguration = {
    var configuration = NetworkConfiguration()
    configuration.layers = 2
    configuration.cells = 80
    configuration.embeddingRowBits = 8
    configuration.lanes = 3
    return configuration
  }()

  private func expectSame(_ a: Network, _ b: Network, _ run: SampleRun) throws {
    var run = run
    while let step = run.next() {
      for network in [a, b] {
        if step.splits { network.split() }
        network.predict(after: step.before, contexts: step.contexts)
      }
      for lane in step.before.indices {
        try #require(
          a.probabilities(lane: lane).map(\.bitPattern)
            == b.probabilities(lane: lane).map(\.bitPattern))
      }
      a.learn(step.targets)
      b.learn(step.targets)
    }
    #expect(a.parameterBytes == b.parameterBytes)
  }
}
