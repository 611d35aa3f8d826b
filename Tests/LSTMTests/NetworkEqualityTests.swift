// SPDX-License-Identifier: Apache-2.0

import CKernels
import Foundation
import ReferenceLSTM
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

  /// Both draw their weights themselves.
  @Test(arguments: cases, [NetworkConfiguration.defaultSeed, 7])
  func initialWeights(_ testCase: Case, seed: UInt64) throws {
    let source = Self.ngrams(testCase.configuration, learn: testCase.learnsNgrams)
    let network = try Network(configuration: testCase.configuration, seed: seed, ngrams: source)
    let reference = ReferenceNetwork<Float>(
      ReferenceConfiguration(testCase.configuration), seed: seed)
    #expect(bits(network.parameters.values) == bits(reference.dense))
    #expect(network.byteEmbeddings.count == reference.byteEmbeddings.count)
    for (rows, expected) in zip(network.byteEmbeddings, reference.byteEmbeddings) {
      #expect(bits(rows.values.values.prefix(256 * rows.width)) == bits(expected.flatMap(\.values)))
    }
    #expect(network.embeddings.rows.values.values.allSatisfy { $0 == 0 })
    #expect(reference.contextRows.allSatisfy { $0.values.allSatisfy { $0 == 0 } })
  }

  @Test(arguments: cases)
  func equalsReference(_ testCase: Case) throws {
    let source = Self.ngrams(testCase.configuration, learn: testCase.learnsNgrams)
    let network = try Network(configuration: testCase.configuration, ngrams: source)
    let reference = ReferenceLearner(testCase.configuration, ngrams: source)
    try expectSame([network], reference, testCase.configuration, bytes: testCase.bytes)
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
      let scale = ReferenceKernels.float(half: prior.parameters.scales.values[index / 64])
      #expect(abs(prior.parameters[index] - weight) <= scale * 0.57)
    }
    configuration.contexts = 2
    configuration.embeddingRowBits = 6
    configuration.learningRate = 65
    configuration.contextLearningRate = 524
    configuration.lanes = 2
    let source = NgramSource.table(try #require(teacher.ngramTable))
    let network = try Network(configuration: configuration, ngrams: source)
    var reference = ReferenceLearner(configuration, ngrams: source)
    network.start(from: prior)
    reference.start(from: prior)
    try expectSame([network], reference, configuration, bytes: 600)
  }

  private func expectSame(
    _ networks: [Network], _ reference: ReferenceLearner, _ configuration: NetworkConfiguration,
    bytes: Int
  ) throws {
    var reference = reference
    var run = SampleRun(configuration, bytes: bytes)
    while let step = run.next() {
      if step.splits { reference.split() }
      reference.predict(after: step.before, contexts: step.contexts, ngrams: step.ngrams)
      for network in networks {
        if step.splits { network.split() }
        network.predict(after: step.before, contexts: step.contexts, ngrams: step.ngrams)
        for lane in step.before.indices {
          try #require(
            bits(network.probabilities(lane: lane)) == bits(reference.probabilities(lane: lane)),
            "step \(run.count)")
        }
        network.learn(step.targets)
      }
      reference.learn(step.targets)
    }
    for network in networks {
      #expect(bits(network.parameters.values) == bits(reference.taught.dense))
      guard let rows = network.ngrams?.rows else { continue }
      let expected = reference.network.ngramRows.map(\.values)
      for row in expected.indices {
        #expect(bits(rows.values(ofRow: row)) == bits(expected[row]))
      }
      #expect(expected.joined().contains { $0 != 0 })
    }
  }

  private func bits(_ numbers: some Sequence<Float>) -> [UInt32] { numbers.map(\.bitPattern) }

  /// In the order of ``ParameterLayout``.
  private func bits(_ dense: ReferenceParameters<Float>) -> [UInt32] {
    bits(dense.tensors.joined().joined())
  }

  /// The instruction sets of this processor, the best one first, the portable one last.
  private static let sets = String(cString: lstmzip_kernels_available()).split(separator: " ")
    .map(String.init)

  /// Every set that there is, the portable one at least, against the definition.
  @Test func instructionSetsEqualReference() throws {
    var configuration = Self.twoLayers
    configuration.cells = 48
    let source = Self.ngrams(configuration, learn: true)
    let networks = try Self.sets.map { name in
      try Network(configuration: configuration, ngrams: source, kernels: Kernels.named(name))
    }
    let reference = ReferenceLearner(configuration, ngrams: source)
    try expectSame(networks, reference, configuration, bytes: 300)
  }

  /// More bytes of a wider network than the definition can compute in a short time.
  @Test(
    .enabled(if: sets.count > 1, "this processor has no instruction set but the portable one"),
    arguments: sets.dropLast())
  func instructionSetsAgree(_ name: String) throws {
    let configuration = Self.twoLayers
    let source = Self.ngrams(configuration, learn: true)
    let network = try Network(
      configuration: configuration, ngrams: source, kernels: Kernels.named(name))
    let expected = try Network(
      configuration: configuration, ngrams: source, kernels: Kernels.named("portable"))
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
