// SPDX-License-Identifier: Apache-2.0

/// The sets of contexts, experts, mixers and maps; the numbers, 0 to 15, are those of the archive format.
///
/// Any change of a set takes another number.
package enum ExpertSet: UInt8, CaseIterable, Sendable {
  /// The fast one.
  case standard = 0
  /// More contexts, each with its last byte's run as an input, and more mixers: smaller and slower.
  case rich = 1
}
