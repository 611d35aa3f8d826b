// SPDX-License-Identifier: Apache-2.0

/// The filters of PNG's rows (PNG, section 9): each byte less what its neighbours predict.
package struct RowFilters: Hashable, Sendable {
  /// The bytes of a row, the first of which says its filter.
  package let rowBytes: Int
  /// The distance to the byte on the left that predicts, 1 to `rowBytes`.
  package let pixelBytes: Int
  /// Whether rows without filters have the green value of each pixel subtracted from the red and the blue
  /// one, as photographs are predicted better.
  package let subtractsGreen: Bool

  /// What rows are before their filters: the filters, a byte a row, and then the rows.
  ///
  /// - Parameter filtered: Rows; those of an unknown filter are left as they are.
  func remove(from filtered: ArraySlice<UInt8>) -> [UInt8] {
    let rows = filtered.count / rowBytes
    var result = [UInt8](repeating: 0, count: filtered.count)
    for row in 0..<rows {
      let start = filtered.startIndex + row * rowBytes
      result[row] = filtered[start]
      let target = rows + row * (rowBytes - 1)
      result.withUnsafeMutableBufferPointer { pixels in
        for column in 0..<rowBytes - 1 {
          let predicted = prediction(
            pixels, target, column, filter: filtered[start], isFirst: row == 0)
          pixels[target + column] = filtered[start + 1 + column] &+ predicted
        }
      }
    }
    forEachPixel(of: &result) { pixel in
      pixel[0] &-= pixel[1]
      pixel[2] &-= pixel[1]
    }
    return result
  }

  /// Filters rows again: the inverse of ``remove(from:)``.
  func apply(to unfiltered: [UInt8]) -> [UInt8] {
    let rows = unfiltered.count / rowBytes
    var unfiltered = unfiltered
    forEachPixel(of: &unfiltered) { pixel in
      pixel[0] &+= pixel[1]
      pixel[2] &+= pixel[1]
    }
    var result = [UInt8](repeating: 0, count: unfiltered.count)
    unfiltered.withUnsafeBufferPointer { pixels in
      for row in 0..<rows {
        let source = rows + row * (rowBytes - 1)
        let filter = pixels[row]
        result[row * rowBytes] = filter
        for column in 0..<rowBytes - 1 {
          let predicted = prediction(pixels, source, column, filter: filter, isFirst: row == 0)
          result[row * rowBytes + 1 + column] = pixels[source + column] &- predicted
        }
      }
    }
    return result
  }

  /// Calls `body` with each pixel of unfiltered rows whose green value is subtracted.
  private func forEachPixel(
    of unfiltered: inout [UInt8], _ body: (UnsafeMutablePointer<UInt8>) -> Void
  ) {
    guard subtractsGreen, pixelBytes >= 3 else { return }
    let (rows, width) = (unfiltered.count / rowBytes, rowBytes - 1)
    unfiltered.withUnsafeMutableBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return }
      for row in 0..<rows {
        let start = base + rows + row * width
        for pixel in 0..<width / pixelBytes { body(start + pixel * pixelBytes) }
      }
    }
  }

  /// What a filter predicts of the byte in a column of the row that begins at `row`.
  @inline(__always)
  private func prediction<Bytes: RandomAccessCollection<UInt8>>(
    _ pixels: Bytes, _ row: Int, _ column: Int, filter: UInt8, isFirst: Bool
  ) -> UInt8 where Bytes.Index == Int {
    let rowBytes = rowBytes - 1
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

extension RowFilters {
  /// The filters of an image, and its rows without them; for an encoder, which looks whether they are of a
  /// photograph.
  ///
  /// In a photograph most pixels differ from their left neighbours, and their colours change together; in
  /// other images colours repeat, and subtracting one from the other hides that.
  static func removed(
    from filtered: ArraySlice<UInt8>, rowBytes: Int, pixelBytes: Int
  ) -> (filters: RowFilters, rows: [UInt8]) {
    let plain = RowFilters(rowBytes: rowBytes, pixelBytes: pixelBytes, subtractsGreen: false)
    let rows = plain.remove(from: filtered)
    guard pixelBytes == 3 || pixelBytes == 4, plain.isPhotograph(rows) else { return (plain, rows) }
    let filters = RowFilters(rowBytes: rowBytes, pixelBytes: pixelBytes, subtractsGreen: true)
    return (filters, filters.remove(from: filtered))
  }

  private func isPhotograph(_ unfiltered: [UInt8]) -> Bool {
    func size(_ difference: UInt8) -> Int { abs(Int(Int8(bitPattern: difference))) }
    var (pixels, changes, plain, subtracted) = (0, 0, 0, 0)
    let width = rowBytes - 1
    let rows = unfiltered.count / rowBytes
    for row in 0..<rows {
      let start = rows + row * width
      let end = start + width / pixelBytes * pixelBytes
      for place in stride(from: start + pixelBytes, to: end, by: pixelBytes) {
        let left = place - pixelBytes
        let red = unfiltered[place] &- unfiltered[left]
        let green = unfiltered[place + 1] &- unfiltered[left + 1]
        let blue = unfiltered[place + 2] &- unfiltered[left + 2]
        pixels += 1
        changes += red | green | blue == 0 ? 0 : 1
        plain += size(red) + size(blue)
        subtracted += size(red &- green) + size(blue &- green)
      }
    }
    return changes * 10 > pixels * 2 && subtracted < plain
  }
}
