/// The kernels of `CKernels.h`, written as their definitions.
package enum ReferenceKernels {
  package static func matrixProduct(
    _ m: Int, _ n: Int, _ k: Int, _ a: [Float], _ aRow: Int, _ aColumn: Int, _ b: [Float],
    _ bRow: Int, _ y: inout [Float], _ yRow: Int, accumulate: Bool
  ) {
    for i in 0..<m {
      for j in 0..<n {
        var sum = accumulate ? y[i * yRow + j] : 0
        for p in 0..<k {
          sum = sum.addingProduct(a[i * aRow + p * aColumn], b[p * bRow + j])
        }
        y[i * yRow + j] = sum
      }
    }
  }

  /// Numbers in integers of at most `limit`, and what an integer of 1 is worth.
  package struct Quantised: Equatable {
    package var values: [Int]
    package var scale: Float
  }

  /// Quantises numbers by the greatest of their absolute values, or by `greatest`.
  package static func quantise(_ x: [Float], limit: Float, greatest: Float? = nil) -> Quantised {
    let greatest = greatest ?? x.reduce(0) { maximum($1.magnitude, $0) }
    let factor = limit / greatest
    let values = x.map { x in
      let bounded = maximum(x * factor, -limit)
      return Int((bounded < limit ? bounded : limit).rounded(.toNearestOrEven))
    }
    return Quantised(values: values, scale: greatest * (1 / limit))
  }

  /// The product of quantised inputs with a matrix that is quantised in blocks of 32 rows.
  package static func quantisedProduct(
    _ inputs: Quantised, _ matrix: [[Float]], addedTo start: [Float]? = nil
  ) -> [Float] {
    (matrix.first ?? []).indices.map { column in
      var total: Float = 0
      for first in stride(from: 0, to: matrix.count, by: 32) {
        let rows = first..<min(first + 32, matrix.count)
        let weights = quantise(matrix[rows].map { $0[column] }, limit: 127)
        let sum = zip(inputs.values[rows], weights.values).reduce(0) { $0 + $1.0 * $1.1 }
        total = total.addingProduct(Float(sum), weights.scale)
      }
      return start.map { $0[column].addingProduct(inputs.scale, total) } ?? inputs.scale * total
    }
  }

  /// The bits of the nearest number of binary16, ties to even.
  package static func half(_ x: Float) -> UInt16 {
    let size = x.magnitude
    let sign: UInt16 = x.sign == .minus ? 0x8000 : 0
    if x.isNaN { return sign | 0x7E00 | UInt16(truncatingIfNeeded: x.bitPattern >> 13) & 0x3FF }
    if x.isInfinite { return sign | 0x7C00 }
    // The unit is 2^-24 for subnormal numbers, and grows with the exponent from 2^-14 on.
    let unit = size < 0x1p-14 ? 0x1p-24 : size.ulp * 0x1p13
    let rounded = (size / unit).rounded(.toNearestOrEven) * unit
    if rounded > 65504 { return sign | 0x7C00 }
    if rounded < 0x1p-14 { return sign | UInt16(rounded * 0x1p24) }
    return sign | UInt16(rounded.exponent + 15) << 10
      | UInt16((rounded.significand - 1) * 1024)
  }

  /// The number of a bit pattern of binary16.
  package static func float(half bits: UInt16) -> Float {
    let exponent = Int(bits >> 10 & 31)
    let fraction = Float(bits & 0x3FF) / 1024
    let size =
      switch exponent {
      case 0: Float(sign: .plus, exponent: -14, significand: fraction)
      case 31: fraction == 0 ? Float.infinity : Float.nan
      default: Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction)
      }
    return bits >> 15 == 1 ? -size : size
  }

  package static func addRows(_ rows: [[Float]], _ y: inout [Float]) {
    for row in rows {
      for j in y.indices { y[j] += row[j] }
    }
  }

  package static func sumOfSquares(_ x: [Float]) -> Float {
    sumOfProducts(x, x)
  }

  package static func exponential(_ x: Float) -> Float {
    var x = x > -87.33654 ? x : -87.33654
    x = x < 88 ? x : 88
    let shifted = Float(12582912).addingProduct(x, 0x1.715476p+0)
    let n = shifted - 12582912
    let r = x.addingProduct(n, -0x1.62e4p-1).addingProduct(n, -0x1.7f7d1cp-20)
    let p = polynomial(
      r,
      [
        0.000197902976651676, 0.0013944703387096524, 0.008333497680723667, 0.04166629537940025,
        0.1666666567325592, 0.5,
      ])
    let power = Float(bitPattern: (shifted.bitPattern << 23) &+ 0x3F80_0000)
    return (r.addingProduct(r * r, p) + 1) * power
  }

  package static func sigmoid(_ x: Float) -> Float {
    1 / (1 + exponential(0 - x))
  }

  package static func tanh(_ x: Float) -> Float {
    let size = x.magnitude
    let square = x * x
    let p = polynomial(
      square,
      [
        -0.005704987328499556, 0.0206390880048275, -0.05373971536755562, 0.13331441581249237,
        -0.3333328068256378,
      ])
    let small = size.addingProduct(p * square, size)
    let large = 1 - 2 / (exponential(size + size) + 1)
    let result = size < 0.625 ? small : large
    return Float(bitPattern: result.bitPattern | x.bitPattern & 0x8000_0000)
  }

  package static func softmax(_ logits: [Float]) -> [Float] {
    var greatest = Array(logits[0..<16])
    for i in 16..<logits.count {
      greatest[i % 16] = maximum(greatest[i % 16], logits[i])
    }
    for half in [8, 4, 2, 1] {
      for i in 0..<half { greatest[i] = maximum(greatest[i], greatest[i + half]) }
    }
    let powers = logits.map { exponential($0 - greatest[0]) }
    var sums = [Float](repeating: 0, count: 16)
    for (i, power) in powers.enumerated() { sums[i % 16] += power }
    let scale = 1 / halve(sums)
    return powers.map { $0 * scale }
  }

  package struct CellStep: Equatable {
    package var normalised: [Float] = []
    package var inverseRMS: [Float] = []
    package var activations: [Float] = []
    package var cell: [Float] = []
    package var cellTanh: [Float] = []
    package var hidden: [Float] = []
  }

  package static func cellForward(
    cells: Int, gates: Int, _ pre: [Float], gain: [Float], bias: [Float], previousCell: [Float]
  ) -> CellStep {
    var step = CellStep()
    for gate in 0..<gates {
      let range = gate * cells..<(gate + 1) * cells
      let mean = sumOfSquares(Array(pre[range])) / Float(cells)
      let inverse = 1 / (mean + 1e-5).squareRoot()
      step.inverseRMS.append(inverse)
      for i in range {
        let value = pre[i] * inverse
        let z = bias[i].addingProduct(value, gain[i])
        step.normalised.append(value)
        step.activations.append(gate == 1 ? tanh(z) : sigmoid(z))
      }
    }
    let a = step.activations
    for i in 0..<cells {
      let input = gates == 4 ? a[3 * cells + i] : 1 - a[i]
      let cell = (input * a[cells + i]).addingProduct(a[i], previousCell[i])
      step.cell.append(cell)
      step.cellTanh.append(tanh(cell))
      step.hidden.append(a[2 * cells + i] * tanh(cell))
    }
    return step
  }

  package struct CellGradients: Equatable {
    package var cell: [Float]
    package var pre: [Float]
    package var gain: [Float]
    package var bias: [Float]

    package init(cell: [Float], pre: [Float], gain: [Float], bias: [Float]) {
      self.cell = cell
      self.pre = pre
      self.gain = gain
      self.bias = bias
    }
  }

  package static func cellBackward(
    cells: Int, gates: Int, hiddenGradient: [Float], gain: [Float], previousCell: [Float],
    _ step: CellStep, _ start: CellGradients
  ) -> CellGradients {
    var result = start
    let a = step.activations
    for i in 0..<cells {
      let (forget, candidate, output) = (a[i], a[cells + i], a[2 * cells + i])
      let t = step.cellTanh[i]
      let dcell = start.cell[i].addingProduct(hiddenGradient[i] * output, 1 - t * t)
      result.cell[i] = dcell * forget
      result.pre[2 * cells + i] = (hiddenGradient[i] * t) * (output * (1 - output))
      if gates == 4 {
        let input = a[3 * cells + i]
        result.pre[i] = (dcell * previousCell[i]) * (forget * (1 - forget))
        result.pre[cells + i] = (dcell * input) * (1 - candidate * candidate)
        result.pre[3 * cells + i] = (dcell * candidate) * (input * (1 - input))
      } else {
        result.pre[i] = (dcell * (previousCell[i] - candidate)) * (forget * (1 - forget))
        result.pre[cells + i] = (dcell * (1 - forget)) * (1 - candidate * candidate)
      }
    }
    for gate in 0..<gates {
      let range = gate * cells..<(gate + 1) * cells
      for i in range {
        result.gain[i] = result.gain[i].addingProduct(result.pre[i], step.normalised[i])
        result.bias[i] += result.pre[i]
        result.pre[i] *= gain[i]
      }
      let mean =
        sumOfProducts(Array(result.pre[range]), Array(step.normalised[range])) / Float(cells)
      for i in range {
        result.pre[i] =
          step.inverseRMS[gate] * result.pre[i].addingProduct(step.normalised[i], -mean)
      }
    }
    return result
  }

  package static func optimiserStep(
    _ weights: inout [Float], _ gradient: [Float], _ secondMoments: inout [Float],
    rate: Float, beta2: Float, epsilon: Float
  ) {
    for i in weights.indices {
      let g = gradient[i]
      secondMoments[i] = ((1 - beta2) * (g * g)).addingProduct(beta2, secondMoments[i])
      let root = inverseRoot(secondMoments[i] + epsilon * epsilon)
      weights[i] = weights[i].addingProduct(-rate * g, root)
    }
  }

  /// About one over the root of a number.
  package static func inverseRoot(_ x: Float) -> Float {
    var y = Float(bitPattern: 0x5F37_5A86 - (x.bitPattern >> 1))
    for _ in 0..<2 { y *= Float(1.5).addingProduct(-0.5 * x, y * y) }
    return y
  }

  package static func rowStep(
    _ row: inout [Float], _ gradient: [Float], meanSquare: Float, _ secondMoment: inout Float,
    rate: Float, beta2: Float, epsilon: Float
  ) {
    secondMoment = ((1 - beta2) * meanSquare).addingProduct(beta2, secondMoment)
    let factor = -rate / (secondMoment.squareRoot() + epsilon)
    for i in row.indices { row[i] = row[i].addingProduct(factor, gradient[i]) }
  }

  // MARK: Parts

  private static func sumOfProducts(_ x: [Float], _ y: [Float]) -> Float {
    var sums = [Float](repeating: 0, count: 16)
    for i in x.indices { sums[i % 16] = sums[i % 16].addingProduct(x[i], y[i]) }
    return halve(sums)
  }

  private static func halve(_ sums: [Float]) -> Float {
    var sums = sums
    for half in [8, 4, 2, 1] {
      for i in 0..<half { sums[i] += sums[i + half] }
    }
    return sums[0]
  }

  /// `a > b ? a : b`, which defines what NaN does.
  private static func maximum(_ a: Float, _ b: Float) -> Float { a > b ? a : b }

  /// Horner's scheme, the coefficient of the highest power first.
  private static func polynomial(_ x: Float, _ coefficients: [Float]) -> Float {
    coefficients.dropFirst().reduce(coefficients[0]) { $1.addingProduct($0, x) }
  }
}
