// SPDX-License-Identifier: Apache-2.0

/// Numbers and columns of the reports that people read.
enum Format {
  /// What fills the missing columns of a text.
  enum Side {
    case left
    case right
  }

  /// `value` with `decimals` digits, from 0 to 15, after the point, as C's `%.*f` writes it.
  ///
  /// The nearest such number to the exact value, of two equally near ones that with an even last
  /// digit. A value from 2^63 on, and what is no number, has Swift's own form.
  static func fixed(_ value: Double, decimals: Int) -> String {
    let magnitude = value.magnitude
    guard magnitude < 0x1p63 else { return "\(value)" }
    var whole = UInt64(magnitude)
    let scale = (0..<decimals).reduce(1.0) { product, _ in product * 10 }
    // Both the fraction and what rounding takes from the product are exact.
    let fraction = magnitude - Double(whole)
    let product = fraction * scale
    let error = (-product).addingProduct(fraction, scale)
    var digits = UInt64(product)
    let rest = product - Double(digits)
    let isOdd = (decimals == 0 ? whole : digits) & 1 == 1
    if rest > 0.5 || rest == 0.5 && (error > 0 || error == 0 && isOdd) { digits += 1 }
    if digits == UInt64(scale) {
      whole += 1
      digits = 0
    }
    let sign = value.sign == .minus ? "-" : ""
    guard decimals > 0 else { return "\(sign)\(whole)" }
    return "\(sign)\(whole).\(padded("\(digits)", to: decimals, on: .left, with: "0"))"
  }

  /// The same with spaces before it, `width` columns at least.
  static func fixed(_ value: Double, decimals: Int, width: Int) -> String {
    padded(fixed(value, decimals: decimals), to: width, on: .left)
  }

  /// A whole number with spaces before it, `width` columns at least.
  static func whole(_ value: Int, width: Int) -> String {
    padded("\(value)", to: width, on: .left)
  }

  /// `text`, filled on one side up to `width` characters.
  static func padded(
    _ text: String, to width: Int, on side: Side, with filling: Character = " "
  ) -> String {
    let missing = String(repeating: filling, count: max(0, width - text.count))
    return side == .left ? missing + text : text + missing
  }
}
