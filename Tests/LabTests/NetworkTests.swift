// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Lab

@Suite struct NetworkTests {
  @Test func outputsComeBackToTheUnits() {
    let network = Steps.network()
    let trace = network.run(Steps.inputs, steps: 6)
    // The first step by hand: tanh of all that comes in, then the linear output.
    for i in 0..<4 {
      var sum = network.parameters[network.weight(from: 7, to: i)]
      sum += network.parameters[network.weight(from: 0, to: i)]
      sum += 0.9 * network.parameters[network.weight(from: 2, to: i)]
      #expect(abs(trace.states[4 + i] - tanh(sum)) < 1e-12)
    }
    var other = network
    for i in 0..<4 { other.parameters[network.weight(from: 6, to: i)] = 0 }
    let silent = other.run(Steps.inputs, steps: 6)
    #expect(silent.outputs[0] == trace.outputs[0])
    #expect(silent.outputs[1] != trace.outputs[1])
  }

  @Test func theInitialStateCounts() {
    let network = Steps.network()
    let outputs = network.run(Steps.inputs, steps: 6).outputs
    #expect(network.run(Steps.inputs, steps: 6, from: [0, 0, 0, 0]).outputs != outputs)
  }

  @Test(arguments: [Cell.plain, .lstm, .lstm(isLinear: true)], [true, false])
  func copiesSumToTheDerivative(cell: Cell, hasFeedback: Bool) {
    let check = TiedWeights.check(cell, steps: 6, hasFeedback: hasFeedback)
    #expect(check.error < 1e-8)
    #expect(check.sumError < 1e-12)
    #expect(check.copies.allSatisfy { $0 > 0 })
  }

  @Test func averagingLearnsMoreSlowlyButSafely() {
    let summed = TiedWeights.descent(steps: 5, rounds: 150, isAveraged: false, rate: 0.1)
    let averaged = TiedWeights.descent(steps: 5, rounds: 150, isAveraged: true, rate: 0.1)
    #expect(summed[149] < 0.5 * averaged[149])
    #expect(averaged[149] < 0.2 * averaged[0])
  }

  @Test(arguments: [Cell.plain, .lstm]) func gaussNewtonProductsAreThoseOfTheJacobian(cell: Cell) {
    var random = SplitMix64(9)
    var network = Network(cell, inputs: 1, units: 3, outputs: 2)
    network.parameters = network.parameters.map { _ in random.normal() }
    let input = (0..<4).map { _ in random.normal() }
    let v = network.parameters.map { _ in random.normal() }
    let trace = network.run(input, steps: 4)
    let change = network.outputChange(trace, along: v)
    var moved = [network, network]
    for i in v.indices {
      moved[0].parameters[i] += 1e-5 * v[i]
      moved[1].parameters[i] -= 1e-5 * v[i]
    }
    let (up, down) = (moved[0].run(input, steps: 4).outputs, moved[1].run(input, steps: 4).outputs)
    for i in change.indices { #expect(abs(change[i] - (up[i] - down[i]) / 2e-5) < 1e-7) }
    // v' G v is the squared length of the change.
    let product = network.gaussNewton(v, trace, [Double](repeating: 1, count: 8))
    #expect(abs(dot(v, product) - dot(change, change) / 8) < 1e-9)
  }

  @Test func aCholeskySolutionSolves() {
    let x = solve([4, 1, 0, 1, 3, 1, 0, 1, 2], [1, 2, 3])
    #expect(abs(4 * x[0] + x[1] - 1) < 1e-12)
    #expect(abs(x[0] + 3 * x[1] + x[2] - 2) < 1e-12)
    #expect(abs(x[1] + 2 * x[2] - 3) < 1e-12)
  }

  @Test func numbersAreWrittenWithFewDigits() {
    #expect(fixed(-0.004) == "0.00")
    #expect(fixed(-1.256) == "-1.26")
    #expect(fixed(12, 0) == "12")
    #expect(scientific(0.00123) == "1.2e-3")
  }
}
