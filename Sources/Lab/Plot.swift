// SPDX-License-Identifier: Apache-2.0

/// Colours that are readable on white and on black.
enum Colour {
  static let blue = "#3b8edb"
  static let orange = "#e8772e"
  static let green = "#2f9e5f"
  static let pink = "#cf4d8f"
  static let violet = "#8f73d6"
  static let ochre = "#b3891c"
  static let grey = "#8a939c"
  static let all = [blue, orange, green, pink, violet, ochre, grey]

  /// From dark blue over green to yellow, for `x` from 0 to 1.
  static func scale(_ x: Double) -> String {
    blend([(68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37)], x)
  }

  /// Blue for -1, grey for 0, orange for 1.
  static func signed(_ x: Double) -> String {
    blend([(38, 110, 200), (205, 208, 212), (224, 100, 30)], (x + 1) / 2)
  }

  private static func blend(_ stops: [(Int, Int, Int)], _ x: Double) -> String {
    let place = min(max(x.isFinite ? x : 1, 0), 1) * Double(stops.count - 1)
    let i = min(Int(place), stops.count - 2)
    let part = place - Double(i)
    func mix(_ a: Int, _ b: Int) -> Int { Int((Double(a) + part * Double(b - a)).rounded()) }
    let (a, b) = (stops[i], stops[i + 1])
    return "rgb(\(mix(a.0, b.0)),\(mix(a.1, b.1)),\(mix(a.2, b.2)))"
  }
}

/// One diagram with axes, made of SVG.
struct Plot {
  typealias Range = ClosedRange<Double>
  let x: Range, y: Range
  let logX: Bool, logY: Bool
  private let left: Double, top: Double, width: Double, height: Double
  private var marks = ""
  private var keys: [(String, String)] = []
  private var head = ""

  /// A diagram of the ranges `x` and `y` at a place in the picture, in pixels.
  init(
    _ title: String, at frame: (Double, Double, Double, Double), x: Range, y: Range,
    logX: Bool = false, logY: Bool = false, xLabel: String = "", yLabel: String = "",
    hasTicks: Bool = true
  ) {
    (self.x, self.y, self.logX, self.logY) = (x, y, logX, logY)
    (left, top, width, height) = frame
    let label = { SVG.text($0, $1, $2, $3) }
    head += label(left, top - 10, title, "class='title'")
    head += label(left + width / 2, top + height + 32, xLabel, "text-anchor='middle'")
    head += "<rect x='\(left)' y='\(top)' width='\(width)' height='\(height)' class='box'/>\n"
    let middle = top + height / 2
    head += label(
      left - 46, middle, yLabel,
      "text-anchor='middle' transform='rotate(-90 \(left - 46) \(middle))'")
    guard hasTicks else { return }
    for value in Plot.ticks(x, logX) {
      head += label(px(value.0), top + height + 15, value.1, "text-anchor='middle'")
    }
    for value in Plot.ticks(y, logY) {
      head += label(left - 5, py(value.0) + 4, value.1, "text-anchor='end'")
      head += "<path d='M\(left) \(SVG.n(py(value.0)))h\(width)' class='grid'/>\n"
    }
  }

  func px(_ value: Double) -> Double { left + width * Plot.place(value, x, logX) }
  func py(_ value: Double) -> Double { top + height * (1 - Plot.place(value, y, logY)) }

  /// A line through `points`; what is out of the diagram is cut off.
  mutating func line(
    _ points: [(Double, Double)], _ colour: String, _ name: String = "", dash: String = "",
    width: Double = 1.8
  ) {
    let path = points.filter { $0.1.isFinite }.map { "\(SVG.n(px($0.0))) \(SVG.n(py($0.1)))" }
    marks += "<path d='M\(path.joined(separator: "L"))' fill='none' stroke='\(colour)' "
    marks += "stroke-width='\(width)' stroke-dasharray='\(dash)'/>\n"
    if !name.isEmpty { keys.append((name, colour)) }
  }

  mutating func dot(_ point: (Double, Double), _ colour: String, radius: Double = 3) {
    marks += SVG.circle(px(point.0), py(point.1), radius, colour)
  }

  mutating func cell(x0: Double, x1: Double, y0: Double, y1: Double, _ colour: String) {
    let (a, b) = (px(x0), py(max(y0, y1)))
    marks += "<rect x='\(SVG.n(a))' y='\(SVG.n(b))' width='\(SVG.n(px(x1) - a + 0.3))' "
    marks += "height='\(SVG.n(py(min(y0, y1)) - b + 0.3))' fill='\(colour)'/>\n"
  }

  mutating func text(_ point: (Double, Double), _ string: String, _ style: String = "") {
    marks += SVG.text(px(point.0), py(point.1), string, style)
  }

  /// The diagram; its key is at the top right, or where `key` says, in parts of width and height.
  func svg(key: (Double, Double) = (0.66, 0.03)) -> String {
    let box = "x='\(left)' y='\(top)' width='\(width)' height='\(height)'"
    let id = "clip\(Int(left))-\(Int(top))"
    var text = head + "<clipPath id='\(id)'><rect \(box)/></clipPath>\n"
    text += "<g clip-path='url(#\(id))'>\n\(marks)</g>\n"
    for (i, (name, colour)) in keys.enumerated() {
      let (a, b) = (left + width * key.0, top + height * key.1 + 12 + 15 * Double(i))
      text += "<path d='M\(SVG.n(a)) \(SVG.n(b - 4))h16' stroke='\(colour)' stroke-width='3'/>\n"
      text += SVG.text(a + 21, b, name)
    }
    return text
  }

  private static func place(_ value: Double, _ range: Range, _ isLog: Bool) -> Double {
    let (a, b) =
      isLog ? (log(range.lowerBound), log(range.upperBound)) : (range.lowerBound, range.upperBound)
    let v = isLog ? log(max(value, 1e-300)) : value
    return min(max((v - a) / (b - a), -3), 4)
  }

  private static func ticks(_ range: Range, _ isLog: Bool) -> [(Double, String)] {
    if isLog {
      let first = Int(ceil(log10(range.lowerBound) - 1e-9))
      let last = Int(floor(log10(range.upperBound) + 1e-9))
      guard first <= last else { return [] }
      return stride(from: first, through: last, by: max(1, (last - first + 5) / 6)).map {
        (
          pow(10, Double($0)),
          (-2...4).contains($0) ? "\(fixedShort(pow(10, Double($0))))" : "1e\($0)"
        )
      }
    }
    let rough = (range.upperBound - range.lowerBound) / 5
    let power = pow(10, floor(log10(rough)))
    let step = power * ([1, 2, 5, 10].first { $0 * power >= rough * 0.8 } ?? 10)
    let first = Int(ceil(range.lowerBound / step - 1e-9))
    let last = Int(floor(range.upperBound / step + 1e-9))
    return (first...max(first, last)).map { (Double($0) * step, fixedShort(Double($0) * step)) }
  }

  private static func fixedShort(_ value: Double) -> String {
    let digits = (0...4).first {
      abs(value * pow(10, Double($0)) - (value * pow(10, Double($0))).rounded()) < 1e-6
    }
    return fixed(value, digits ?? 4)
  }
}

/// Pieces of SVG.
enum SVG {
  /// A coordinate with one decimal.
  static func n(_ x: Double) -> String { fixed(x, 1) }

  static func text(_ x: Double, _ y: Double, _ string: String, _ style: String = "") -> String {
    guard !string.isEmpty else { return "" }
    let safe = string.map { $0 == "<" ? "&lt;" : $0 == "&" ? "&amp;" : String($0) }.joined()
    return "<text x='\(n(x))' y='\(n(y))' \(style)>\(safe)</text>\n"
  }

  static func circle(_ x: Double, _ y: Double, _ radius: Double, _ fill: String) -> String {
    "<circle cx='\(n(x))' cy='\(n(y))' r='\(n(radius))' fill='\(fill)'/>\n"
  }

  /// A picture on white, or on black where the reader prefers that.
  static func picture(_ width: Int, _ height: Int, _ parts: [String]) -> String {
    """
    <svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 \(width) \(height)' width='\(width)'>
    <style>
    text { font: 12px sans-serif; fill: #333 } .title { font-size: 14px; font-weight: bold }
    .paper { fill: #fff } .box { fill: none; stroke: #999 } .grid { stroke: #999; stroke-opacity: .25 }
    .ink { stroke: #333; fill: none } .pen { fill: #333 }
    @media (prefers-color-scheme: dark) { text, .pen { fill: #ddd } .paper { fill: #14171a }
      .ink { stroke: #ddd } }
    </style>
    <rect class='paper' width='\(width)' height='\(height)' rx='6'/>
    \(parts.joined())</svg>

    """
  }
}
