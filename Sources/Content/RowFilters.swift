// SPDX-License-Identifier: Apache-2.0

/// The filters of PNG's rows (PNG, section 9): each byte less what its neighbours predict.
enum RowFilters {
  /// What rows are before their filters: the filters, a byte a row, and then the rows.
  ///
  /// - Parameters:
  ///   - filtered: Rows of `rowBytes` bytes, the first of which says the filter; of an unknown filter
  ///     they are left as they are.
  ///   - pixelBytes: The distance to the byte on the left that predicts, 1 to `rowBytes`.
  static func remove(_ filtered: ArraySlice<UInt8>, rowBytes: Int, pixelBytes: Int) -> [UInt8] {
    let rows = filtered.count / rowBytes
    var result = [UInt8](repeating: 0, count: filtered.count)
    for row in 0..<rows {
      let start = filtered.startIndex + row * rowBytes
      result[row] = filtered[start]
      let target = rows + row * (rowBytes - 1)
      result.withUnsafeMutableBufferPointer { pixels in
        for column in 0..<rowBytes - 1 {
          let predicted = prediction(
            pixels, target, column, filter: filtered[start], isFirst: row == 0,
            rowBytes: rowBytes - 1, pixelBytes: pixelBytes)
          pixels[target + column] = filtered[start + 1 + column] &+ predicted
        }
      }
    }
    return result
  }

  /// Filters rows again: the inverse of ``remove(_:rowBytes:pixelBytes:)``.
  static func apply(_ unfiltered: ArraySlice<UInt8>, rowBytes: Int, pixelBytes: Int) -> [UInt8] {
    let rows = unfiltered.count / rowBytes
    var result = [UInt8](repeating: 0, count: unfiltered.count)
    unfiltered.withUnsafeBufferPointer { pixels in
      for row in 0..<rows {
        let source = rows + row * (rowBytes - 1)
        let filter = pixels[row]
        result[row * rowBytes] = filter
        for column in 0..<rowBytes - 1 {
          let predicted = prediction(
            pixels, source, column, filter: filter, isFirst: row == 0, rowBytes: rowBytes - 1,
            pixelBytes: pixelBytes)
          result[row * rowBytes + 1 + column] = pixels[source + column] &- predicted
        }
      }
    }
    return result
  }

  /// What a filter predicts of the byte in a column of the row that begins at `row`.
  @inline(__always)
  private static func prediction<Bytes: RandomAccessCollection<UInt8>>(
    _ pixels: Bytes, _ row: Int, _ column: Int, filter: UInt8, isFirst: Bool, rowBytes: Int,
    pixelBytes: Int
  ) -> UInt8 where Bytes.Index == Int {
    let left = column < pixelBytes ? 0 : pixels[row + column - pixelBytes]
    let above = isFirst ? 0 : pixels[row + column - rowBytes]
    switch filter {
    case 1: return left
    case 2: return above
    case 3: return UInt8((Int(left) + Int(above)) / 2)
    case 4:
      let corner = isFirst || column < pixelBytes ? 0 : pixels[row + column - rowBytes - pixelBytes]
      let estimate = Int(left) + Int(above) - Int(corner)
      let distances = (
        left: abs(estimate - Int(left)), above: abs(estimate - Int(above)),
        corner: abs(estimate - Int(corner))
      )
      if distances.left <= distances.above && distances.left <= distances.corner { return left }
      return distances.above <= distances.corner ? above : corner
    default: return 0
    }
  }
}
