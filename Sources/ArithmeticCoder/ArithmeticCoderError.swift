// SPDX-License-Identifier: Apache-2.0

/// What can be wrong with a message that ``BinaryDecoder`` reads.
public enum ArithmeticCoderError: Error, Equatable, Sendable {
  /// The message ended before the last bit that was asked for.
  case pastEnd
  /// The message does not end as the encoder would have ended it.
  case wrongEnd
}
