// SPDX-License-Identifier: Apache-2.0

/// Experiment 9: an LSTM reads handwriting, as in Graves's work.
package enum Handwriting {
  static let classes = Pen.letters.count + 1

  /// Trains on words that the pen writes, each once.
  package static func train(units: Int, words: Int, lengths: ClosedRange<Int>) -> Network {
    var random = SplitMix64(31)
    var pen = Pen(seed: 32)
    var network = Network(.lstm, inputs: 3, units: units, outputs: classes)
    network.start(.orthogonal, &random, inputScale: 3)
    var optimiser = Optimiser(.adam, rate: 0.01, count: network.parameters.count, limit: 10)
    let batch = 2
    for round in 0..<words / batch {
      var sum = [Double](repeating: 0, count: network.parameters.count)
      for _ in 0..<batch {
        let trace = pen.write(length: lengths.lowerBound + random.below(lengths.count))
        let run = network.run(trace.inputs, steps: trace.points.count - 1)
        let errors = Labelling.loss(run.outputs, classes: classes, labels: trace.word).1
        let gradient = network.gradient(of: run, outputErrors: errors).parameters
        for i in sum.indices { sum[i] += gradient[i] / Double(batch) }
      }
      optimiser.rate = 0.01 * (1 - 0.95 * Double(round * batch) / Double(words))
      optimiser.step(&network.parameters, sum)
    }
    return network
  }

  /// Wrong letters in a hundred of fresh words in fresh hands.
  package static func errorRate(_ network: Network, words: Int, lengths: ClosedRange<Int>) -> Double
  {
    var (random, pen) = (SplitMix64(41), Pen(seed: 42))
    var (wrong, all) = (0, 0)
    for _ in 0..<words {
      let trace = pen.write(length: lengths.lowerBound + random.below(lengths.count))
      let run = network.run(trace.inputs, steps: trace.points.count - 1)
      let found = Labelling.read(run.outputs, classes: classes).map(\.letter)
      wrong += Labelling.distance(found, trace.word)
      all += trace.word.count
    }
    return 100 * Double(wrong) / Double(all)
  }

  /// What the figure shows of one word.
  struct Reading {
    var trace: Pen.Trace
    var found: [(letter: Int, step: Int)]
    /// The probability of each class at each step.
    var probabilities: [Double]
    /// tanh of the content of each cell after each step.
    var cells: [[Double]]
    /// Derivatives of the score of the letter read last but one, by the three inputs of each step.
    var gradient: [Double]
    /// The letter of the gradient.
    var asked: (letter: Int, step: Int)
  }

  static func reading(_ network: Network, _ trace: Pen.Trace) -> Reading {
    let steps = trace.points.count - 1
    let run = network.run(trace.inputs, steps: steps)
    let found = Labelling.read(run.outputs, classes: classes)
    let asked = found.dropLast().last ?? found.last ?? (letter: 0, step: steps - 1)
    var errors = [Double](repeating: 0, count: steps * classes)
    errors[asked.step * classes + asked.letter] = 1
    let (s, n) = (network.stateSize, network.units)
    return Reading(
      trace: trace, found: found,
      probabilities: Labelling.probabilities(run.outputs, classes: classes),
      cells: (0..<n).map { i in (1...steps).map { tanh(run.states[$0 * s + n + i]) } },
      gradient: network.gradient(of: run, outputErrors: errors).inputs, asked: asked)
  }

  package static func report() -> Report {
    var report = Report()
    let lengths = 3...5
    report.row("words seen", "wrong letters of 100 in 300 fresh words")
    var network = Network(.lstm, inputs: 3, units: 1, outputs: 1)
    for words in [1000, 3000, 15000] {
      network = train(units: 32, words: words, lengths: lengths)
      report.row("\(words)", fixed(errorRate(network, words: 300, lengths: lengths), 1))
    }
    var pen = Pen(seed: 77)
    let word = Array("cloud").map { Pen.letters.firstIndex(of: $0) ?? 0 }
    let found = reading(network, pen.write(word))
    report.row("written", String(word.map { Pen.letters[$0] }))
    report.row("read", String(found.found.map { Pen.letters[$0.letter] }))
    report.picture("handwriting", 800, 700, picture(found))
    report.pictures.append(("handwriting.html", page(found)))
    return report
  }
}
