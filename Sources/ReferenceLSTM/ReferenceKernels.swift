// SPDX-License-Identifier: Apache-2.0

/// The kernels of `CKernels.h`, written as their definitions: products, sums and the softmax.
package enum ReferenceKernels {
  /// y (m, n) = a (m, k) times b (k, n), or y + that; each element is one chain over k.
  ///
  /// `a` has an element each `aColumn` and a row each `aRow` numbers, `b` and `y` a row each `bRow`
  /// and `yRow`.
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

  /// The sum over rows of a[row] (m) times b[row] (n), as (m, n); each element is one chain.
  static func sumOfOuterProducts<Scalar: ReferenceScalar>(
    _ a: [[Scalar]], _ b: [[Scalar]]
  ) -> [[Scalar]] {
    let zeros = [Scalar](repeating: 0, count: b[0].count)
    var sum = a[0].map { _ in zeros }
    for (a, b) in zip(a, b) {
      for i in a.indices {
        for j in b.indices { sum[i][j] = sum[i][j].addingProduct(a[i], b[j]) }
      }
    }
    return sum
  }

  package static func addRows<Scalar: ReferenceScalar>(_ rows: [[Scalar]], _ y: inout [Scalar]) {
    for row in rows {
      for j in y.indices { y[j] += row[j] }
    }
  }

  package static func sumOfSquares(_ x: [Float]) -> Float { sum16(x, x) }

  /// The sum of x[i] y[i]: term i goes into partial sum i mod 16.
  static func sum16<Scalar: ReferenceScalar>(_ x: [Scalar], _ y: [Scalar]) -> Scalar {
    var sums = [Scalar](repeating: 0, count: 16)
    for i in x.indices { sums[i % 16] = sums[i % 16].addingProduct(x[i], y[i]) }
    return halve(sums, by: +)
  }

  /// Probabilities (n) of logits (n), n a multiple of 16.
  package static func softmax<Scalar: ReferenceScalar>(_ logits: [Scalar]) -> [Scalar] {
    var greatest = Array(logits[0..<16])
    for i in 16..<logits.count { greatest[i % 16] = maximum(greatest[i % 16], logits[i]) }
    let shift = halve(greatest, by: maximum)
    let powers = logits.map { Scalar.exponential($0 - shift) }
    var sums = [Scalar](repeating: 0, count: 16)
    for (i, power) in powers.enumerated() { sums[i % 16] += power }
    let scale = 1 / halve(sums, by: +)
    return powers.map { $0 * scale }
  }

  /// `a > b ? a : b`, which defines what NaN does.
  static func maximum<Scalar: ReferenceScalar>(_ a: Scalar, _ b: Scalar) -> Scalar {
    a > b ? a : b
  }

  /// Joins 16 partial results to 8, to 4, to 2, to 1.
  private static func halve<Scalar>(
    _ parts: [Scalar], by join: (Scalar, Scalar) -> Scalar
  ) -> Scalar {
    var parts = parts
    for half in [8, 4, 2, 1] {
      for i in 0..<half { parts[i] = join(parts[i], parts[i + half]) }
    }
    return parts[0]
  }
}
