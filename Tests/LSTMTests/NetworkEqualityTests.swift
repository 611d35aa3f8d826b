import Foundation
import Testing

@testable import LSTM

/// The fast network against its definition: equality of bits, after every step.
@Suite struct NetworkEqualityTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var configuration: NetworkConfiguration
    var bytes: Int
    /// Whether n-gram rows learn, if the configuration has any.
    var learnsNgrams = false
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
    ] + ngramCases(small)
  }()

  private static func ngramCases(_ small: NetworkConfiguration) -> [Case] {
    var one = small
    one.ngrams = 3
    one.contextLearningRate = 90
    var deep = one
    deep.layers = 2
    deep.hasCoupledGates = false
    deep.ngrams = 2
    deep.ngramWidth = 32
    deep.lanes = 3
    deep.learningRate = 700
    deep.contextLearningRate = 2000
    var training = one
    training.contexts = 0
    training.lanes = 4
    return [
      Case(name: "frozen n-grams", configuration: one, bytes: 600),
      Case(name: "learned n-grams", configuration: one, bytes: 600, learnsNgrams: true),
      Case(name: "frozen n-grams, two layers, lanes", configuration: deep, bytes: 700),
      Case(
        name: "learned n-grams, two layers, lanes", configuration: deep, bytes: 700,
        learnsNgrams: true),
      Case(
        name: "learned n-grams without contexts", configuration: training, bytes: 900,
        learnsNgrams: true),
    ]
  }

  /// Rows for two thirds of the sample's first n-grams, so that some find none.
  static func ngrams(_ configuration: NetworkConfiguration, learn: Bool) -> NgramSource? {
    guard configuration.ngrams > 0 else { return nil }
    let index = SampleRun.index(configuration, bytes: 400, rowBits: 8)
    return learn ? .learned(index) : .table(SampleRun.table(configuration, index: index))
  }

  @Test(arguments: cases)
  func equalsReference(_ testCase: Case) throws {
    let source = Self.ngrams(testCase.configuration, learn: testCase.learnsNgrams)
    let network = try Network(configuration: testCase.configuration, ngrams: source)
    let reference = ReferenceLearner(
      network: try Network(configuration: testCase.configuration, ngrams: source), ngrams: source)
    try expectSame(network, reference, testCase.configuration, bytes: testCase.bytes)
  }

  /// A network that a training left: its weights, second moments and n-grams.
  @Test(arguments: [1, 2])
  func trainedNetworkEqualsReference(layers: Int) throws {
    var configuration = NetworkConfiguration()
    configuration.layers = layers
    configuration.cells = 16
    configuration.contexts = 0
    configuration.ngrams = 3
    let teacher = try Network(
      configuration: configuration, ngrams: Self.ngrams(configuration, learn: true))
    var run = SampleRun(configuration, bytes: 600)
    while let step = run.next() {
      teacher.predict(after: step.before, contexts: step.contexts, ngrams: step.ngrams)
      teacher.learn(step.targets)
      if run.count > 300 && teacher.step == 0 { break }
    }
    teacher.synchronise()
    let prior = try teacher.prior
    #expect(prior.secondMoments.count == 4 * layers + 1 + layers)
    for (index, weight) in teacher.parameters.values.enumerated() {
      // Half a unit, and what binary16 takes off the scale of the greatest.
      let scale = prior.parameters.scales.values[index / 64].halfPrecisionValue
      #expect(abs(prior.parameters[index] - weight) <= scale * 0.57)
    }
    configuration.contexts = 2
    configuration.embeddingRowBits = 6
    configuration.learningRate = 65
    configuration.contextLearningRate = 524
    configuration.lanes = 2
    let source = NgramSource.table(try #require(teacher.ngramTable))
    let network = try Network(configuration: configuration, ngrams: source)
    var reference = ReferenceLearner(network: network, ngrams: source)
    network.start(from: prior)
    reference.start(from: prior)
    try expectSame(network, reference, configuration, bytes: 600)
  }

  private func expectSame(
    _ network: Network, _ reference: ReferenceLearner, _ configuration: NetworkConfiguration,
    bytes: Int
  ) throws {
    var reference = reference
    var run = SampleRun(configuration, bytes: bytes)
    while let step = run.next() {
      if step.splits {
        network.split()
        reference.split()
      }
      network.predict(after: step.before, contexts: step.contexts, ngrams: step.ngrams)
      reference.predict(after: step.before, contexts: step.contexts, ngrams: step.ngrams)
      for lane in step.before.indices {
        try #require(
          network.probabilities(lane: lane).map(\.bitPattern)
            == reference.probabilities(lane: lane).map(\.bitPattern), "step \(run.count)")
      }
      network.learn(step.targets)
      reference.learn(step.targets)
    }
    #expect(network.parameters.values.map(\.bitPattern) == reference.parameterBits)
    guard let rows = network.ngrams?.rows else { return }
    let expected = reference.network.parameters.ngrams
    for row in expected.indices {
      #expect(rows.values(ofRow: row).map(\.bitPattern) == expected[row].map(\.bitPattern))
    }
    #expect(expected.joined().contains { $0 != 0 })
  }

  @Test(arguments: ["portable", "avx2", "avx512", "neon"])
  func instructionSetsAgree(_ name: String) throws {
    guard let kernels = try? Kernels.named(name) else { return }
    let configuration = Self.twoLayers
    let source = Self.ngrams(configuration, learn: true)
    let network = try Network(configuration: configuration, ngrams: source, kernels: kernels)
    let expected = try Network(
      configuration: configuration, ngrams: source, kernels: Kernels.named(""))
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
    let source = Self.ngrams(configuration, learn: run % 2 == 0)
    let network = try Network(
      configuration: configuration, ngrams: source, threads: 2, kernels: Kernels.selected,
      beforeLearning: { count.delay() })
    let expected = try Network(configuration: configuration, ngrams: source)
    try expectSame(network, expected, SampleRun(configuration, bytes: 700))
    #expect(count.value.load(ordering: .relaxed) > 10)
  }

  private static let twoLayers: NetworkConfiguration = {
    var configuration = NetworkConfiguration()
    configuration.layers = 2
    configuration.cells = 80
    configuration.embeddingRowBits = 8
    configuration.lanes = 3
    configuration.ngrams = 4
    return configuration
  }()

  private func expectSame(_ a: Network, _ b: Network, _ run: SampleRun) throws {
    var run = run
    while let step = run.next() {
      for network in [a, b] {
        if step.splits { network.split() }
        network.predict(after: step.before, contexts: step.contexts, ngrams: step.ngrams)
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
