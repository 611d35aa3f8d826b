import Testing

@testable import LSTM

/// The fast network against its definition: equality of bits, after every byte.
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
    plain.contexts = []
    plain.cells = 48
    plain.layers = 2
    var wide = small
    wide.cells = 64
    wide.embeddingRowBits = 12
    return [
      Case(name: "one layer, crowded embeddings", configuration: small, bytes: 3000),
      Case(name: "three layers, four gates", configuration: deep, bytes: 1000),
      Case(name: "two layers without contexts", configuration: plain, bytes: 600),
      Case(name: "one layer of 64 cells", configuration: wide, bytes: 600),
    ]
  }()

  @Test(arguments: cases)
  func equalsReference(_ testCase: Case) throws {
    let network = try Network(configuration: testCase.configuration)
    var reference = ReferenceLearner(
      network: try Network(configuration: testCase.configuration))
    for (position, byte) in Samples.mixed(count: testCase.bytes).enumerated() {
      let expected = reference.probabilities.map(\.bitPattern)
      try #require(network.probabilities.map(\.bitPattern) == expected, "byte \(position)")
      network.update(byte: byte)
      reference.update(byte: byte)
    }
    #expect(network.parameters.values.map(\.bitPattern) == reference.parameterBits)
  }

  @Test(arguments: ["portable", "avx2", "avx512", "neon"])
  func instructionSetsAgree(_ name: String) throws {
    guard let kernels = try? Kernels.named(name) else { return }
    var configuration = NetworkConfiguration()
    configuration.layers = 2
    configuration.cells = 80
    configuration.embeddingRowBits = 8
    let network = try Network(configuration: configuration, kernels: kernels)
    let expected = try Network(configuration: configuration, kernels: Kernels.named(""))
    for byte in Samples.mixed(count: 400) {
      try #require(
        network.probabilities.map(\.bitPattern) == expected.probabilities.map(\.bitPattern))
      network.update(byte: byte)
      expected.update(byte: byte)
    }
  }
}
