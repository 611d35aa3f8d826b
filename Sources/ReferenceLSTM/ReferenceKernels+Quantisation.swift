// SPDX-License-Identifier: Apache-2.0

/// Products of integers: `docs/NUMERICS.md`, section 1, "Quantised products".
extension ReferenceKernels {
  /// Numbers in integers of at most `limit`, and what an integer of 1 is worth.
  package struct Quantised: Equatable {
    package var values: [Int]
    package var scale: Float
  }

  /// Quantises numbers by the greatest of their absolute values, or by `greatest`.
  package static func quantise(_ x: [Float], limit: Float, greatest: Float? = nil) -> Quantised {
    var size = greatest ?? 0
    if greatest == nil {
      for x in x { size = maximum(x.magnitude, size) }
    }
    let factor = limit / size
    var result = Quantised(values: [], scale: size * (1 / limit))
    for x in x {
      let bounded = maximum(x * factor, -limit)
      let nearest = (bounded < limit ? bounded : limit).rounded(.toNearestOrEven)
      result.values.append(Int(nearest))
    }
    return result
  }

  /// Quantises each column of a matrix (rows, columns) in blocks of 32 rows: (columns, blocks).
  package static func quantise(columnsOf matrix: [[Float]]) -> [[Quantised]] {
    (matrix.first ?? []).indices.map { column in
      stride(from: 0, to: matrix.count, by: 32).map { first in
        let block = (first..<min(first + 32, matrix.count)).map { matrix[$0][column] }
        return quantise(block, limit: 127)
      }
    }
  }

  /// `start`, or zeros, plus the product of inputs (rows) and a matrix (rows, columns).
  package static func quantisedProduct(
    _ inputs: Quantised, _ columns: [[Quantised]], addedTo start: [Float]? = nil
  ) -> [Float] {
    var result: [Float] = []
    for (column, blocks) in columns.enumerated() {
      var total: Float = 0
      for (block, weights) in blocks.enumerated() {
        var sum = 0
        for i in weights.values.indices { sum += inputs.values[32 * block + i] * weights.values[i] }
        total = total.addingProduct(Float(sum), weights.scale)
      }
      let scale = inputs.scale
      result.append(start.map { $0[column].addingProduct(scale, total) } ?? scale * total)
    }
    return result
  }
}
