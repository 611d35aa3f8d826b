// SPDX-License-Identifier: Apache-2.0

/// The learning rates of a trained network.
package struct LearningRates: Hashable, Sendable {
  /// That of the weights.
  package var dense: RateCode
  /// That of the context embeddings, which start from zero.
  package var contexts: RateCode

  /// Makes a pair of rates.
  package init(dense: RateCode, contexts: RateCode) {
    self.dense = dense
    self.contexts = contexts
  }

  /// The rates that suit most contents.
  package static let standard = LearningRates(
    dense: RateCode(rate: 48), contexts: RateCode(rate: 128))
  /// Those of content that the model was trained on little, as most binary content.
  static let fast = LearningRates(dense: RateCode(rate: 256), contexts: RateCode(rate: 512))
}

/// A learning rate in a byte: four bits of exponent above four bits of mantissa.
package struct RateCode: Hashable, Sendable {
  /// The byte.
  package var code: UInt8

  /// The rate in units of 2^-16: from 1 to 65535.
  package var rate: Int {
    let mantissa = 16 + Int(code & 15)
    return min(max((mantissa << Int(code >> 4)) >> 4, 1), 65535)
  }

  /// The code of the greatest rate that is not above `rate`, in units of 2^-16.
  package init(rate: Int) {
    let exponent = max(0, min(15, Int.bitWidth - 1 - max(rate, 1).leadingZeroBitCount))
    code = UInt8(exponent << 4 | min(15, ((max(rate, 1) << 4) >> exponent) - 16))
  }

  /// The rate of a byte.
  package init(code: UInt8) {
    self.code = code
  }
}
