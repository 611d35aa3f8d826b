// SPDX-License-Identifier: Apache-2.0

import CKernels
import Foundation

// Measures the matrix kernel against the peak of fused multiply-adds of the same core in the same
// run, for a machine whose other half is busy at times: the median share of all runs, and the share
// that one run in ten reaches. `LSTMZIP_SIMD` chooses the instruction set.

let runs = 21
let secondsARun = 0.005

guard
  let kernels = lstmzip_kernels_named(ProcessInfo.processInfo.environment["LSTMZIP_SIMD"] ?? "")
else {
  print("no such instruction set; there are: \(String(cString: lstmzip_kernels_available()))")
  exit(1)
}

/// Seconds that `repetitions` calls of `body` take.
func seconds(_ repetitions: Int, _ body: () -> Void) -> Double {
  let start = DispatchTime.now().uptimeNanoseconds
  for _ in 0..<repetitions { body() }
  return Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
}

/// How often `body` must be called to take `secondsARun`.
func repetitions(_ body: () -> Void) -> Int {
  var count = 1
  while seconds(count, body) < secondsARun { count *= 2 }
  return count
}

func median(_ values: [Double]) -> Double {
  values.sorted()[values.count / 2]
}

/// A product `y = a b` of a 2 x 192 network (or of a small one) with what it serves.
struct Shape {
  var use: String
  var rows: Int
  var columns: Int
  var depth: Int
  var isTransposed = false
}

let cells = 192
let width = 3 * cells
var shapes: [Shape] = []
for rows in [8, 32] {
  shapes += [
    Shape(use: "gates", rows: rows, columns: width, depth: cells),
    Shape(use: "logits", rows: rows, columns: 256, depth: 2 * cells + 1),
    Shape(use: "outputs' gradient", rows: rows, columns: 2 * cells, depth: 256),
    Shape(use: "gates' input gradient", rows: rows, columns: cells, depth: width),
    Shape(
      use: "gate weights' gradient", rows: cells, columns: width, depth: rows, isTransposed: true),
    Shape(
      use: "output weights' gradient", rows: 2 * cells + 1, columns: 256, depth: rows,
      isTransposed: true),
  ]
}
for cells in [64, 96, 192] {
  shapes += [
    Shape(use: "one row, gates", rows: 1, columns: 3 * cells, depth: cells),
    Shape(use: "one row, logits", rows: 1, columns: 256, depth: cells + 1),
    Shape(use: "one row, gradient", rows: 1, columns: cells, depth: 3 * cells),
  ]
}

/// Floats that begin a cache line, as the network's do.
func numbers(_ count: Int) -> UnsafeMutablePointer<Float> {
  let memory = UnsafeMutableRawPointer.allocate(byteCount: count * 4, alignment: 64)
  let floats = memory.bindMemory(to: Float.self, capacity: count)
  for index in 0..<count { floats[index] = Float(index % 17) * 0.01 - 0.08 }
  return floats
}

var sink: Float = 0
let peakOperations = 1000 * 2 * kernels.pointee.fused_chains_per_round
@MainActor func runChains() { sink += kernels.pointee.fused_chains(1000) }
let peakRepetitions = repetitions(runChains)

/// The peak as it is now, in 10^9 operations a second.
@MainActor func peak() -> Double {
  Double(peakOperations * peakRepetitions) / seconds(peakRepetitions, runChains) * 1e-9
}

print(
  "\(String(cString: kernels.pointee.name)), medians of \(runs) runs, each beside one of the peak")
print("use                        rows columns depth GFLOP/s  peak share  best  weights GB/s")
for shape in shapes {
  let a = numbers(shape.rows * shape.depth)
  let b = numbers(shape.depth * shape.columns)
  let y = numbers(shape.rows * shape.columns)
  let operations = 2 * shape.rows * shape.columns * shape.depth
  let body = {
    kernels.pointee.matrix_product(
      shape.rows, shape.columns, shape.depth, a, shape.isTransposed ? 1 : shape.depth,
      shape.isTransposed ? shape.rows : 1, b, shape.columns, y, shape.columns, 0)
  }
  let count = repetitions(body)
  var speeds: [Double] = []
  var peaks: [Double] = []
  for _ in 0..<runs {
    peaks.append(peak())
    speeds.append(Double(operations * count) / seconds(count, body) * 1e-9)
  }
  let speed = median(speeds)
  let shares = zip(speeds, peaks).map { $0 / $1 }.sorted()
  for memory in [a, b, y] { memory.deallocate() }
  let use = shape.use.padding(toLength: 26, withPad: " ", startingAt: 0)
  let bytes = speed * 4 / Double(2 * shape.rows)
  print(
    use,
    String(
      format: "%4d %7d %5d %7.1f %5.1f %3.0f %%  %3.0f %%  %7.1f", shape.rows, shape.columns,
      shape.depth, speed,
      median(peaks), 100 * median(shares), 100 * shares[runs * 9 / 10], bytes))
}
