// SPDX-License-Identifier: Apache-2.0

extension Handwriting {
  /// Four rows over the same time: what is read, cells, the pen, and what the decision rests on.
  static func picture(_ r: Reading) -> String {
    let steps = r.trace.points.count - 1
    let time = 0...Double(steps)
    func row(
      _ title: String, _ top: Double, _ height: Double, _ y: ClosedRange<Double>, _ ticks: Bool
    )
      -> Plot
    {
      Plot(
        title, at: (60, top, 710, height), x: time, y: y, xLabel: top > 500 ? "step" : "",
        hasTicks: ticks)
    }
    var read = row("What is read: probability of each letter", 40, 100, 0...1.15, true)
    for k in 0..<classes {
      let isBlank = k == classes - 1
      let points = (0..<steps).map { (Double($0) + 0.5, r.probabilities[$0 * classes + k]) }
      read.line(
        points, isBlank ? Colour.grey : Colour.all[k % 6], dash: isBlank ? "2 3" : "",
        width: isBlank ? 1 : 2)
    }
    for (letter, step) in r.found {
      read.text(
        (Double(step) + 0.5, 1.02), String(Pen.letters[letter]),
        "class='title' text-anchor='middle'")
    }
    var cells = row("States of cells", 190, 130, 0...16, false)
    for (i, cell) in r.cells.prefix(16).enumerated() {
      for (t, value) in cell.enumerated() {
        cells.cell(
          x0: Double(t), x1: Double(t + 1), y0: Double(i), y1: Double(i + 1), Colour.signed(value))
      }
    }
    let xs = r.trace.points.map(\.x)
    var pen = row(
      "The pen: its trace, as far to the right as it is late", 370, 90, -0.5...3.2, false)
    // The trace is stretched so that it roughly keeps up with time; its shape is kept.
    let stretch = Double(steps) / ((xs.max() ?? 1) - xs[0])
    pen.line(
      r.trace.points.map { (($0.x - xs[0]) * stretch, $0.y) }, Colour.blue, width: 2)
    for (letter, step) in r.found {
      let p = r.trace.points[step + 1]
      pen.dot(((p.x - xs[0]) * stretch, p.y), Colour.orange)
      pen.text(((p.x - xs[0]) * stretch, -0.3), String(Pen.letters[letter]), "text-anchor='middle'")
    }
    let top = r.gradient.map { abs($0) }.max() ?? 1
    var back = row(
      "Gradient of the score of '\(Pen.letters[r.asked.letter])' at step \(r.asked.step) by the pen's input",
      510, 120, -1...1, true)
    for (k, name) in ["movement in x", "movement in y", "height"].enumerated() {
      back.line(
        (0..<steps).map { (Double($0) + 0.5, r.gradient[3 * $0 + k] / top) }, Colour.all[k], name)
    }
    let mark = Double(r.asked.step) + 0.5
    back.line([(mark, -1), (mark, 1)], Colour.grey, dash: "3 3", width: 1)
    return read.svg() + cells.svg() + pen.svg() + back.svg(key: (0.02, 0.02))
  }

  /// The same as a page that writes and reads the word again and again.
  static func page(_ r: Reading) -> String {
    func list(_ values: [Double]) -> String {
      "[" + values.map { fixed($0, 2) }.joined(separator: ",") + "]"
    }
    let steps = r.trace.points.count - 1
    let top = r.gradient.map { abs($0) }.max() ?? 1
    let colours = "[" + Colour.all.map { "\"\($0)\"" }.joined(separator: ",") + "]"
    let rows = (0..<steps).map { t in list(Array(r.probabilities[t * classes..<(t + 1) * classes]))
    }
    return """
      <!doctype html><html lang="en"><meta charset="utf-8"><title>An LSTM reads handwriting</title>
      <style>:root { color-scheme: light dark } body { font: 15px sans-serif; max-width: 860px;
      margin: 2em auto } canvas { width: 100% } #read { font: bold 28px sans-serif }</style>
      <h1>An LSTM reads handwriting</h1>
      <p>From above: the pen; probabilities of letters (grey: no letter now); states of cells; and, when the
      word is written, what the reading of '\(Pen.letters[r.asked.letter])' rests on: the size of its gradient
      at each point of the pen.</p>
      <p>Read: <span id="read"></span></p><canvas id="view" width="860" height="560"></canvas>
      <script>
      const pen = [\(list(r.trace.points.map(\.x))), \(list(r.trace.points.map(\.y)))];
      const chances = [\(rows.joined(separator: ","))];
      const cells = [\(r.cells.prefix(16).map(list).joined(separator: ","))];
      const weight = \(list((0..<steps).map { norm(r.gradient[3 * $0..<3 * $0 + 3]) / top }));
      const letters = "\(String(Pen.letters))";
      const found = [\(r.found.map { "[\($0.letter),\($0.step)]" }.joined(separator: ","))];
      const colours = \(colours);
      const g = document.getElementById("view").getContext("2d"), n = chances.length, w = 840 / n;
      const left = Math.min(...pen[0]), scale = Math.min(840 / (Math.max(...pen[0]) - left), 70);
      const at = t => [10 + (pen[0][t] - left) * scale, 170 - pen[1][t] * scale];
      function draw(now) {
        g.clearRect(0, 0, 860, 560);
        const done = now > n, end = Math.min(now, n);
        for (let t = 0; t < end; t++) {
          g.lineWidth = done ? 2 + 12 * weight[t] : 3;
          g.strokeStyle = done && weight[t] > .15 ? colours[1] : colours[0];
          g.beginPath(); g.moveTo(...at(t)); g.lineTo(...at(t + 1)); g.stroke();
          cells.forEach((cell, i) => {
            g.fillStyle = cell[t] > 0 ? colours[1] : colours[0]; g.globalAlpha = Math.abs(cell[t]);
            g.fillRect(10 + t * w, 340 + 13 * i, w + .3, 12); g.globalAlpha = 1; });
        }
        g.lineWidth = 2;
        for (let k = 0; k <= letters.length; k++) {
          g.strokeStyle = k == letters.length ? colours[6] : colours[k % 6]; g.beginPath();
          for (let t = 0; t < end; t++) g.lineTo(10 + t * w, 320 - 110 * chances[t][k]);
          g.stroke();
        }
        const seen = found.filter(f => f[1] < end);
        document.getElementById("read").textContent = seen.map(f => letters[f[0]]).join("") || "\\u00a0";
      }
      let start;
      requestAnimationFrame(function frame(time) {
        start ??= time; draw(Math.floor((time - start) / 70) % (n + 45));
        requestAnimationFrame(frame); });
      </script></html>

      """
  }
}
