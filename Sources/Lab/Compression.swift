// SPDX-License-Identifier: Apache-2.0

import CZlib

/// Experiment 8: whoever predicts well compresses well.
///
/// Models read a text once, byte by byte, predict
/// each byte before they see it, and learn it afterwards: bits a byte over the bytes seen.
package enum Compression {
  /// Bits that each byte of `text` costs under an adaptive count of bytes.
  package static func orderZero(_ text: [UInt8]) -> [Double] {
    var (counts, total) = ([Double](repeating: 1, count: 256), 256.0)
    return text.map { byte in
      defer {
        counts[Int(byte)] += 1
        total += 1
      }
      return -log2(counts[Int(byte)] / total)
    }
  }

  /// Counts after the last 0 to `order` bytes, blended as in PPM with method C (Moffat, 1990).
  ///
  /// A context that n bytes followed, d of them different, gives its counts the weight n / (n + d), and
  /// the next shorter context the rest.
  package static func contextCounts(_ text: [UInt8], order: Int = 4) -> [Double] {
    var tables = [[UInt64: [UInt8: Double]]](repeating: [:], count: order + 1)
    var (bits, history): ([Double], UInt64) = ([], 0)
    for byte in text {
      var p = 1 / 256.0
      for k in 0...order {
        let context = history & ((1 << UInt64(8 * k)) - 1)
        if let seen = tables[k][context] {
          let (n, d) = (seen.values.reduce(0, +), Double(seen.count))
          p = ((seen[byte] ?? 0) + d * p) / (n + d)
        }
        tables[k][context, default: [:]][byte, default: 0] += 1
      }
      bits.append(-log2(p))
      history = history << 8 | UInt64(byte)
    }
    return bits
  }

  /// Bits under a network that learns from windows of `window` bytes, by truncated backpropagation.
  ///
  /// The text is read `window` bytes at a time; the state goes on, gradients end at the window's begin.
  package static func network(
    _ cell: Cell, _ text: [UInt8], units: Int = 64, window: Int = 5, rate: Double = 0.008,
    isLearning: Bool = true
  ) -> [Double] {
    var random = SplitMix64(6)
    var network = Network(cell, inputs: 256, units: units, outputs: 256)
    network.start(.orthogonal, &random, inputScale: 8)
    for i in 0..<units * 256 { network.parameters[network.readout + i] *= 0.1 }
    var optimiser = Optimiser(.adam, rate: rate, count: network.parameters.count)
    var (bits, state, last): ([Double], [Double]?, UInt8) = ([], nil, 0)
    for begin in stride(from: 0, to: text.count, by: window) {
      let piece = text[begin..<min(begin + window, text.count)]
      var input = [Double](repeating: 0, count: piece.count * 256)
      for (t, byte) in piece.enumerated() {
        input[t * 256 + Int(last)] = 1
        last = byte
      }
      let trace = network.run(input, steps: piece.count, from: state)
      state = Array(trace.states[(piece.count * network.stateSize)...])
      var errors: [Double] = []
      for (t, byte) in piece.enumerated() {
        var p = softmax(trace.outputs[t * 256..<(t + 1) * 256])
        bits.append(-log2(p[Int(byte)]))
        p[Int(byte)] -= 1
        errors += p.map { $0 / Double(piece.count) }
      }
      guard isLearning else { continue }
      let gradient = network.gradient(of: trace, outputErrors: errors).parameters
      optimiser.step(&network.parameters, gradient)
    }
    return bits
  }

  /// The size of `text` under zlib's level 9.
  package static func zlibSize(_ text: [UInt8]) -> Int {
    var size = compressBound(uLong(text.count))
    var result = [UInt8](repeating: 0, count: Int(size))
    return compress2(&result, &size, text, uLong(text.count), Z_BEST_COMPRESSION) == Z_OK
      ? Int(size) : 0
  }

  /// - Parameter archives: Names and sizes of archives of `text`, drawn as lines.
  package static func report(_ text: [UInt8], archives: [(String, Int)]) -> Report {
    var report = Report()
    let curves: [(String, [Double])] = [
      ("LSTM, not learning", network(.lstm, text, units: 16, isLearning: false)),
      ("order 0", orderZero(text)),
      ("plain network", network(.plain, text, rate: 0.004)),
      ("LSTM", network(.lstm, text)),
      ("counts of orders 0-4", contextCounts(text)),
    ]
    let size = Double(text.count)
    var plot = Plot(
      "Bits a byte of the bytes so far", at: (60, 40, 520, 330), x: 0...size, y: 0...9,
      xLabel: "bytes of the text", yLabel: "bits a byte")
    report.row("model                ", "bits a byte", "of the last quarter")
    for (k, (name, bits)) in curves.enumerated() {
      var (sum, points) = (0.0, [(Double, Double)]())
      for (i, cost) in bits.enumerated() {
        sum += cost
        if (i + 1) % max(1, text.count / 200) == 0 {
          points.append((Double(i + 1), sum / Double(i + 1)))
        }
      }
      plot.line(points, Colour.all[k], name)
      let tail = Array(bits[(text.count * 3 / 4)...])
      report.row(
        name + String(repeating: " ", count: 21 - name.count), fixed(mean(bits)) + "       ",
        fixed(mean(tail)))
    }
    var labels = ""
    for (k, (name, bytes)) in ([("zlib -9", zlibSize(text))] + archives).enumerated() {
      let level = 8 * Double(bytes) / size
      plot.line(
        [(0, level), (size, level)], k == 0 ? Colour.grey : Colour.violet, dash: "6 3", width: 1.2)
      report.row(name + String(repeating: " ", count: 21 - name.count), fixed(level))
      labels += SVG.text(
        586, plot.py(level) + (k == 0 ? 4 : [4, 0, 12][k - 1]), "\(name): \(fixed(level))")
    }
    report.picture("compression", 720, 420, plot.svg(key: (0.62, 0.15)), labels)
    return report
  }
}
