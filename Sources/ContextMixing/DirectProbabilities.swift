// SPDX-License-Identifier: Apache-2.0

import CMixing
import Platform

/// Adaptive probabilities of single nodes in contexts of a few bytes, beside their bit histories.
///
/// A bit history forgets most of what a contradicted count was; a probability that moves by a part of
/// its error does not, and so says what happened often rather than last. Each context has a table
/// of lines of 16 entries, a cache line, one entry a node of four bits. Lines have no check:
/// contexts may share one.
struct DirectProbabilities {
  /// The numbers of the contexts: the last byte, two and three bytes.
  static let contexts = 1...3
  /// The number of inputs that ``predict(_:node:logistic:)`` writes.
  static let inputCount = contexts.count
  private static let limit: UInt32 = 255

  private let entries: UnsafeMutablePointer<UInt32>
  private let lineBits: Int
  /// Per context the line that is in use.
  private let lines: UnsafeMutablePointer<UnsafeMutablePointer<UInt32>>

  /// Makes tables for content of 2^`sizeBits` bytes.
  init(sizeBits: Int, arena: Arena) {
    lineBits = min(17, sizeBits + 1)
    entries = arena.allocate(
      Self.inputCount << (lineBits + 4), repeating: AdaptiveProbability.initial)
    lines = arena.allocate(Self.inputCount, repeating: entries)
  }

  /// `nibble` is the first nibble behind a leading 1, or 0 for the line of that nibble: all lines of a
  /// byte lie in one page of memory.
  @inline(__always)
  private func line(_ context: Int, _ hash: UInt64, nibble: Int) -> UnsafeMutablePointer<UInt32> {
    let hashed = Int(truncatingIfNeeded: (hash &>> 20) & (1 &<< UInt64(lineBits) &- 1))
    let number = (context &- Self.contexts.lowerBound) &<< lineBits &+ (hashed ^ nibble)
    return entries + number &* 16
  }

  /// Asks the memory for the lines of the contexts' `hashes`.
  @inline(__always)
  func prefetch(_ hashes: UnsafePointer<UInt64>, nibble: Int = 0) {
    for context in Self.contexts {
      cmixing_prefetch(line(context, hashes[context], nibble: nibble))
    }
  }

  /// Goes to the lines of the contexts' `hashes`, at the start of a nibble.
  @inline(__always)
  func lookUp(_ hashes: UnsafePointer<UInt64>, nibble: Int) {
    for (index, context) in Self.contexts.enumerated() {
      lines[index] = line(context, hashes[context], nibble: nibble)
    }
  }

  /// Writes an input of a mixer for each context, 0 where the node is new.
  @inline(__always)
  func predict(_ inputs: UnsafeMutablePointer<Int16>, node: Int, logistic: Logistic) {
    for index in 0..<Self.inputCount {
      let entry = lines[index][node]
      inputs[index] = entry & 1023 == 0 ? 0 : logistic.stretchTable[Int(entry &>> 20)]
    }
  }

  @inline(__always)
  func update(bit: Int, node: Int, adaptive: AdaptiveProbability) {
    for index in 0..<Self.inputCount {
      adaptive.update(lines[index] + node, bit: bit, limit: Self.limit)
    }
  }
}
