// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LSTM

@Suite struct SerialisationTests {
  private static let configurations: [NetworkConfiguration] = {
    var small = NetworkConfiguration()
    small.cells = 16
    small.layers = 2
    small.embeddingRowBits = 5
    var plain = small
    plain.contexts = 0
    return [small, plain]
  }()

  @Test(arguments: configurations)
  func parametersComeBack(configuration: NetworkConfiguration) throws {
    let teacher = try Network(configuration: configuration)
    teach(teacher, bytes: 300)
    let bytes = teacher.parameterBytes
    let pupils = try (0..<2).map { seed in
      let pupil = try Network(configuration: configuration, seed: UInt64(seed))
      try pupil.load(parameterBytes: bytes)
      return pupil
    }
    #expect(pupils[0].parameterBytes == bytes)
    #expect(pupils[1].parameterBytes == bytes)
    var run = SampleRun(configuration, bytes: 100)
    while let step = run.next() {
      for pupil in pupils { pupil.predict(after: step.before, contexts: step.contexts) }
      let predictions = pupils.map { $0.probabilities(lane: 0).map(\.bitPattern) }
      #expect(predictions[0] == predictions[1])
      for pupil in pupils { pupil.learn(step.targets) }
    }
  }

  /// A network that has learned a text predicts its like better than a new one does.
  @Test func whatWasLearnedIsOfUse() throws {
    let configuration = Self.configurations[0]
    let teacher = try Network(configuration: configuration)
    teach(teacher, bytes: 600)
    let pupil = try Network(configuration: configuration)
    try pupil.load(parameterBytes: teacher.parameterBytes)
    let fresh = try Network(configuration: configuration)
    var (learned, new) = (0, 0)
    var run = SampleRun(configuration, bytes: 200)
    while let step = run.next() {
      for network in [pupil, fresh] {
        network.predict(after: step.before, contexts: step.contexts)
      }
      let byte = Int(step.targets[0])
      if pupil.probabilities(lane: 0)[byte] > fresh.probabilities(lane: 0)[byte] {
        learned += 1
      } else {
        new += 1
      }
      for network in [pupil, fresh] { network.learn(step.targets) }
    }
    #expect(learned > 2 * new)
  }

  @Test func aWrongNumberOfBytesIsRefused() throws {
    let network = try Network(configuration: Self.configurations[0])
    let bytes = network.parameterBytes
    #expect(throws: ConfigurationError.self) { try network.load(parameterBytes: bytes + [0]) }
    #expect(throws: ConfigurationError.self) { try network.load(parameterBytes: []) }
  }

  private func teach(_ network: Network, bytes: Int) {
    var run = SampleRun(network.configuration, bytes: bytes)
    while let step = run.next() {
      network.predict(after: step.before, contexts: step.contexts)
      network.learn(step.targets)
    }
  }
}
