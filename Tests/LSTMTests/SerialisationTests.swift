import Testing

@testable import LSTM

@Suite struct SerialisationTests {
  private static let configurations: [NetworkConfiguration] = {
    var small = NetworkConfiguration()
    small.cells = 16
    small.layers = 2
    small.embeddingRowBits = 5
    var plain = small
    plain.contexts = []
    return [small, plain]
  }()

  @Test(arguments: configurations)
  func parametersComeBack(configuration: NetworkConfiguration) throws {
    let teacher = try Network(configuration: configuration)
    for byte in Samples.mixed(count: 300) { teacher.update(byte: byte) }
    let bytes = teacher.parameterBytes
    let pupils = try (0..<2).map { seed in
      let pupil = try Network(configuration: configuration, seed: UInt64(seed))
      try pupil.load(parameterBytes: bytes)
      return pupil
    }
    #expect(pupils[0].parameterBytes == pupils[1].parameterBytes)
    #expect(
      pupils[0].parameters.values.map(\.bitPattern) == teacher.parameters.values.map(\.bitPattern))
    for byte in Samples.mixed(count: 100) {
      let predictions = pupils.map { $0.probabilities.map(\.bitPattern) }
      #expect(predictions[0] == predictions[1])
      for pupil in pupils { pupil.update(byte: byte) }
    }
  }

  /// A network that has learned a text predicts its like better than a new one does.
  @Test func whatWasLearnedIsOfUse() throws {
    let configuration = Self.configurations[0]
    let teacher = try Network(configuration: configuration)
    let text = Samples.mixed(count: 600)
    for byte in text { teacher.update(byte: byte) }
    let pupil = try Network(configuration: configuration)
    try pupil.load(parameterBytes: teacher.parameterBytes)
    let fresh = try Network(configuration: configuration)
    var (learned, new) = (0, 0)
    for byte in text.prefix(200) {
      if pupil.probabilities[Int(byte)] > fresh.probabilities[Int(byte)] {
        learned += 1
      } else {
        new += 1
      }
      pupil.update(byte: byte)
      fresh.update(byte: byte)
    }
    #expect(learned > 2 * new)
  }

  @Test func aWrongNumberOfBytesIsRefused() throws {
    let network = try Network(configuration: Self.configurations[0])
    let bytes = network.parameterBytes
    #expect(throws: ConfigurationError.self) { try network.load(parameterBytes: bytes + [0]) }
    #expect(throws: ConfigurationError.self) { try network.load(parameterBytes: []) }
  }
}
