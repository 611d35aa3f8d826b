import CKernels
import Foundation

// Measures the matrix kernel against the peak of fused multiply-adds of the same core in the same
// run. `LSTMZIP_SIMD` chooses the instruction set. Medians of several runs.

let runs = 9
let secondsARun = 0.03

guard
  let kernels = lstmzip_kernels_named(ProcessInfo.processInfo.environment["LSTMZIP_SIMD"] ?? "")
else {
  print("no such instruction set; there are: \(String(cString: lstmzip_kernels_available()))")
  exit(1)
}

/// Median rate of `body`, which does `operations` operations, in 10^9 a second.
func rate(operations: Int, _ body: () -> Void) -> Double {
  var repetitions = 1
  func seconds() -> Double {
    let start = DispatchTime.now().uptimeNanoseconds
    for _ in 0..<repetitions { body() }
    return Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
  }
  while seconds() < secondsARun { repetitions *= 2 }
  let times = (0..<runs).map { _ in seconds() }.sorted()
  return Double(operations * repetitions) / times[runs / 2] * 1e-9
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

func numbers(_ count: Int) -> [Float] {
  (0..<count).map { Float($0 % 17) * 0.01 - 0.08 }
}

nonisolated(unsafe) var sink: Float = 0
let chains = 2 * kernels.pointee.fused_chains_per_round
let peak = rate(operations: 1000 * chains) { sink += kernels.pointee.fused_chains(1000) }
print("\(String(cString: kernels.pointee.name)): peak \(String(format: "%.1f", peak)) GFLOP/s")
print("use                        rows columns depth GFLOP/s share  weights GB/s")
for shape in shapes {
  let a = numbers(shape.rows * shape.depth)
  let b = numbers(shape.depth * shape.columns)
  var y = numbers(shape.rows * shape.columns)
  let operations = 2 * shape.rows * shape.columns * shape.depth
  let speed = rate(operations: operations) {
    kernels.pointee.matrix_product(
      shape.rows, shape.columns, shape.depth, a, shape.isTransposed ? 1 : shape.depth,
      shape.isTransposed ? shape.rows : 1, b, shape.columns, &y, shape.columns, 0)
  }
  let use = shape.use.padding(toLength: 26, withPad: " ", startingAt: 0)
  let bytes = speed * 4 / Double(2 * shape.rows)
  print(
    use,
    String(
      format: "%4d %7d %5d %7.1f %4.0f %%  %7.1f", shape.rows, shape.columns, shape.depth, speed,
      100 * speed / peak, bytes))
}
