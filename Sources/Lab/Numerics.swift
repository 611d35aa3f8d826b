// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
  @_exported import Darwin
#elseif canImport(Musl)
  @_exported import Musl
#else
  @_exported import Glibc
#endif

/// The SplitMix64 generator (Steele, Lea and Flood, 2014): the same numbers on every machine.
package struct SplitMix64 {
  private var state: UInt64

  package init(_ seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number in 0 ..< 1.
  package mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number in 0 ..< `limit`.
  package mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

  /// A normal number of mean 0 and variance 1 (Box and Muller, 1958).
  package mutating func normal() -> Double {
    (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform())
  }
}

@inline(__always) func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

/// The probabilities of a softmax over `scores`.
func softmax(_ scores: ArraySlice<Double>) -> [Double] {
  let top = scores.max() ?? 0
  let powers = scores.map { exp($0 - top) }
  let sum = powers.reduce(0, +)
  return powers.map { $0 / sum }
}

func dot(_ a: [Double], _ b: [Double]) -> Double {
  var sum = 0.0
  for i in a.indices { sum += a[i] * b[i] }
  return sum
}

func norm<S: Sequence>(_ v: S) -> Double where S.Element == Double {
  v.reduce(0) { $0 + $1 * $1 }.squareRoot()
}

func mean(_ v: [Double]) -> Double { v.isEmpty ? 0 : v.reduce(0, +) / Double(v.count) }

/// `y += scale x`.
@inline(__always)
func add(
  _ x: UnsafePointer<Double>, times scale: Double, to y: UnsafeMutablePointer<Double>, _ n: Int
) {
  var i = 0
  while i < n {
    y[i] += scale * x[i]
    i &+= 1
  }
}

/// The scalar product of `n` elements, in four chains of sums that a processor works on at once.
@inline(__always)
func dot(_ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, _ n: Int) -> Double {
  var sums = SIMD4<Double>()
  var i = 0
  while i &+ 4 <= n {
    sums +=
      SIMD4(x[i], x[i &+ 1], x[i &+ 2], x[i &+ 3])
      * SIMD4(y[i], y[i &+ 1], y[i &+ 2], y[i &+ 3])
    i &+= 4
  }
  var sum = sums.sum()
  while i < n {
    sum += x[i] * y[i]
    i &+= 1
  }
  return sum
}

/// Solves `a x = b` for a symmetric positive definite `a` of n × n by Cholesky's method, in O(n^3).
func solve(_ a: [Double], _ b: [Double]) -> [Double] {
  let n = b.count
  var (l, x) = (a, b)
  l.withUnsafeMutableBufferPointer { buffer in
    guard let l = buffer.baseAddress else { return }
    for i in 0..<n {
      for j in 0...i {
        let rest = l[i * n + j] - dot(l + i * n, l + j * n, j)
        l[i * n + j] = i == j ? rest.squareRoot() : rest / l[j * n + j]
      }
    }
  }
  for i in 0..<n {
    for j in 0..<i { x[i] -= l[i * n + j] * x[j] }
    x[i] /= l[i * n + i]
  }
  for i in (0..<n).reversed() {
    for j in i + 1..<max(n, i + 1) { x[i] -= l[j * n + i] * x[j] }
    x[i] /= l[i * n + i]
  }
  return x
}

/// `x` with `digits` decimals, the same on every machine whose `x` agrees to so many.
package func fixed(_ x: Double, _ digits: Int = 2) -> String {
  guard x.isFinite else { return "\(x)" }
  guard abs(x) < 1e9 else {
    let exponent = floor(log10(abs(x)))
    return "\(fixed(x / pow(10, exponent), 1))e\(Int(exponent))"
  }
  let scale = pow(10, Double(digits))
  let whole = Int((abs(x) * scale).rounded())
  let sign = x < 0 && whole > 0 ? "-" : ""
  guard digits > 0 else { return "\(sign)\(whole)" }
  let tail = String(whole % Int(scale))
  let zeros = String(repeating: "0", count: digits - tail.count)
  return "\(sign)\(whole / Int(scale)).\(zeros)\(tail)"
}

/// `x` with two digits and a power of ten.
package func scientific(_ x: Double) -> String {
  guard x.isFinite, x != 0 else { return "\(x)" }
  let exponent = floor(log10(abs(x)))
  return "\(fixed(x / pow(10, exponent), 1))e\(Int(exponent))"
}
