// SPDX-License-Identifier: Apache-2.0

import Platform

/// Turns the predictions of another model into inputs of the mixers.
struct AuxiliaryInput {
  /// The number of inputs that ``predict(_:logistic:)`` writes.
  static let inputCount = 3
  var prediction = AuxiliaryPrediction(probability: 1 << 31, expectedByte: 0, confidence: 0)
  /// Corrects the probability by the expected byte.
  private(set) var map: AdaptiveMap

  init(logistic: Logistic, arena: Arena) {
    map = AdaptiveMap(contextCount: 256, logistic: logistic, arena: arena)
  }

  /// The class of confidence, within its range.
  var confidence: Int {
    max(0, min(AuxiliaryPrediction.confidenceClasses - 1, prediction.confidence))
  }

  /// Writes the inputs: the probability in the logistic domain and as it is, and corrected.
  mutating func predict(_ inputs: UnsafeMutablePointer<Int16>, logistic: Logistic) {
    let stretched = logistic.stretch(prediction.probability)
    inputs[0] = Int16(truncatingIfNeeded: stretched)
    inputs[1] = Int16(truncatingIfNeeded: (Int(prediction.probability &>> 20) &- 2048) &* 8)
    let refined = map.refine(stretched, context: Int(prediction.expectedByte))
    inputs[2] = Int16(truncatingIfNeeded: logistic.stretch(refined))
  }

  mutating func update(bit: Int) { map.update(bit: bit, rate: 6) }
}
