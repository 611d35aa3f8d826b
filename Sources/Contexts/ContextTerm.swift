// SPDX-License-Identifier: Apache-2.0

/// What contexts are made of: numbers, or formulas.
///
/// Hashes are computed of the ones, the tables of docs/NUMERICS.md are written of the others: both come
/// from one declaration.
package protocol ContextTerm {
  static var zero: Self { get }
  static var one: Self { get }
  static func & (a: Self, mask: UInt64) -> Self
  static func | (a: Self, b: Self) -> Self
  static func &+ (a: Self, b: Self) -> Self
  static func &- (a: Self, b: Self) -> Self
  static func &* (a: Self, factor: UInt64) -> Self
  static func &<< (a: Self, shift: UInt64) -> Self
  static func &>> (a: Self, shift: UInt64) -> Self
  /// `value` if this is 0, else 0.
  func ifZero(_ value: Self) -> Self
}

extension UInt64: ContextTerm {
  package static var one: UInt64 { 1 }

  @inline(__always)
  package func ifZero(_ value: UInt64) -> UInt64 { self == 0 ? value : 0 }
}

/// A term as text.
package struct ContextFormula: ContextTerm {
  /// The text.
  package let text: String
  private let isCompound: Bool

  /// A name, or what needs no brackets.
  init(_ text: String) {
    self.text = text
    isCompound = false
  }

  private init(compound text: String) {
    self.text = text
    isCompound = true
  }

  private var factor: String { isCompound ? "(\(text))" : text }

  package static let zero = ContextFormula("0")
  package static let one = ContextFormula("1")

  package static func & (a: Self, mask: UInt64) -> Self {
    let bits = mask.trailingZeroBitCount == 0 ? (~mask).trailingZeroBitCount : 0
    let isLowest = bits < 64 && mask == 1 << bits - 1
    return isLowest
      ? Self(compound: "\(a.factor) mod 2^\(bits)")
      : Self(compound: "\(a.factor) & 0x\(String(mask, radix: 16, uppercase: true))")
  }
  package static func | (a: Self, b: Self) -> Self {
    Self(compound: "\(a.factor) \\| \(b.factor)")
  }
  package static func &+ (a: Self, b: Self) -> Self {
    Self(compound: "\(a.factor) + \(b.factor)")
  }
  package static func &- (a: Self, b: Self) -> Self {
    Self(compound: "\(a.factor) - \(b.factor)")
  }
  package static func &* (a: Self, factor: UInt64) -> Self {
    Self(compound: "\(factor) \(a.factor)")
  }
  package static func &<< (a: Self, shift: UInt64) -> Self {
    Self(compound: "\(a.factor) * 2^\(shift)")
  }
  package static func &>> (a: Self, shift: UInt64) -> Self {
    Self(compound: "\(a.factor) >> \(shift)")
  }
  package func ifZero(_ value: Self) -> Self {
    Self(compound: "\(value.factor) if \(factor) is 0")
  }
}
