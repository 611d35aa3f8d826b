// SPDX-License-Identifier: Apache-2.0

/// What another model says of the next bit, for a ``ContextMixer`` to mix with its own.
public struct AuxiliaryPrediction: Equatable, Sendable {
  /// The probability, in units of 2⁻³², that the bit is one.
  public var probability: UInt32
  /// The most probable byte, given the bits of it that are known.
  public var expectedByte: UInt8
  /// A class of the model's confidence in that byte, in `0..<confidenceClasses`; a value beyond is
  /// taken as the last.
  public var confidence: Int

  /// The number of classes of ``confidence``.
  public static let confidenceClasses = 8

  /// Makes a prediction.
  public init(probability: UInt32, expectedByte: UInt8, confidence: Int) {
    self.probability = probability
    self.expectedByte = expectedByte
    self.confidence = confidence
  }
}
