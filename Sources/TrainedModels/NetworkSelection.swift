// SPDX-License-Identifier: Apache-2.0

/// Which networks of a trained model predict beside the experts.
package enum NetworkSelection: Hashable, Sendable {
  /// None: the experts alone.
  case none
  /// The network at a place from 0, the smallest.
  case one(Int)
  /// All of them, and an untrained one.
  case all

  private static let noneCode: UInt8 = 255
  private static let allCode = UInt8(TrainedModelFile.greatestNetworkCount)

  /// The number in model files; that of a network in archives has 4 bits, and there is none for no
  /// network.
  package var code: UInt8 {
    switch self {
    case .none: Self.noneCode
    case .one(let index): UInt8(truncatingIfNeeded: index)
    case .all: Self.allCode
    }
  }

  /// The selection of a number.
  package init(code: UInt8) {
    self = code == Self.noneCode ? .none : code == Self.allCode ? .all : .one(Int(code))
  }
}
