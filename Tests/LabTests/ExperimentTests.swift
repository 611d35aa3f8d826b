// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Lab

/// What each figure of docs/RECURRENT.md shows, on smaller runs.
@Suite struct ExperimentTests {
  @Test func theTimerIsLearned() {
    let (scale, guess) = (20, Timer.baseline(scale: 20))
    let echo = Timer.echoState(units: 60, scale: scale)
    let lstm = Timer.train(.lstm, units: 8, scales: [10, 20], rounds: 250, rate: 0.02)
    #expect(Timer.error(of: echo, scale: scale) < 0.6 * guess)
    #expect(Timer.error(of: lstm, scale: scale) < 0.6 * guess)
  }

  @Test(arguments: [Cell.plain, .lstm]) func aLearnedBeginningHelpsShortSequences(cell: Cell) {
    let zero = InitialState.curve(cell, steps: 6, rounds: 200, isLearned: false)
    let learned = InitialState.curve(cell, steps: 6, rounds: 200, isLearned: true)
    #expect(learned[199] < 0.5 * zero[199])
  }

  @Test func descentFallsOffTheCliffUnlessRescaled() {
    let free = Surface.descent(
      from: Surface.start, rounds: 60, rate: Surface.rate, limit: .infinity)
    let rescaled = Surface.descent(from: Surface.start, rounds: 60, rate: Surface.rate, limit: 0.1)
    let (a, b) = (free[60], rescaled[60])
    #expect(a.w > 10)
    #expect(Surface.error(a.w, a.b) > 0.05)
    #expect(norm([Surface.gradient(a.w, a.b).w, Surface.gradient(a.w, a.b).b]) < 1e-6)
    #expect(Surface.error(b.w, b.b) < 0.01)
    #expect(rescaled.allSatisfy { (3...6).contains($0.w) })
  }

  @Test func theSurfacesGradientIsItsSlope() {
    let (w, b) = (4.2, -2.0)
    let gradient = Surface.gradient(w, b)
    let slope = (Surface.error(w + 1e-6, b) - Surface.error(w - 1e-6, b)) / 2e-6
    #expect(abs(gradient.w - slope) < 1e-5)
    let other = (Surface.error(w, b + 1e-6) - Surface.error(w, b - 1e-6)) / 2e-6
    #expect(abs(gradient.b - other) < 1e-5)
  }

  @Test func errorsFadeExplodeOrStay() {
    #expect(Surface.fading(.plain, steps: 60, recurrent: 0.7)[60] < 1e-7)
    #expect(Surface.fading(.plain, steps: 60, recurrent: 2)[60] > 10)
    #expect((0.05...20).contains(Surface.fading(.lstm, steps: 60, recurrent: 0.3)[60]))
  }

  @Test func theCellKeepsWhatIsWritten() {
    let run = MemoryCell.run(hold: 300)
    #expect(abs(run.content[10] - 4.2) < 1e-9)
    #expect(abs(run.content[309] - 4.2) < 1e-9)
    #expect(abs(run.outputs[200]) < 1e-9)
    #expect(abs(run.outputs[310] - 4.2) < 1e-9)
    #expect(abs(run.content[320]) < 1e-9)
    // The error comes back unchanged, to the value that was written and not before it.
    #expect(abs(run.errors[10] - 1) < 1e-9)
    #expect(abs(run.writtenError - 1) < 1e-9)
    #expect(abs(run.errors[9]) < 1e-9)
  }

  @Test func goodOptimisersAddUpShortSequences() {
    let chosen = Adding.methods.filter {
      ["Adam, orthogonal", "Hessian-free, orthogonal"].contains($0.name)
    }
    #expect(chosen.count == 2)
    for method in chosen {
      let run = Adding.run(method, steps: 4, budget: 1000, seed: 1)
      #expect(run.passes != nil, "\(method.name)")
    }
    let slow = Adding.run(Adding.methods[0], steps: 4, budget: 60, seed: 1)
    #expect(slow.passes == nil)
  }

  @Test func modelsLearnToCompress() {
    let text = Array(String(repeating: "the cat sat on the mat; ", count: 16).utf8)
    let plain = mean(Compression.orderZero(text))
    let counts = mean(Compression.contextCounts(text))
    let bits = Compression.network(.lstm, text, units: 8, rate: 0.02)
    #expect(counts < 0.4 * plain)
    #expect(bits.count == text.count)
    #expect(mean(Array(bits.suffix(80))) < 0.6 * mean(Array(bits.prefix(80))))
    let deaf = Compression.network(.lstm, Array(text.prefix(80)), units: 8, isLearning: false)
    #expect(abs(mean(deaf) - 8) < 0.5)
    #expect(Compression.zlibSize(text) < text.count / 4)
  }
}
