// SPDX-License-Identifier: Apache-2.0

import Contexts
import Platform

/// Corrects the mixers' final probability by what came of it behind the last two bytes, and behind the
/// last one.
struct FinalMaps {
  private var pairMap: AdaptiveMap
  private var byteMap: AdaptiveMap
  /// Where the contexts of the current nibble begin: 16 that are near each other in memory, so that
  /// the processor looks up an address once a nibble.
  private var pairBlock = 0
  private var byteBlock = 0
  /// The bits of the nibble so far behind a leading 1.
  private var node = 1

  /// Makes maps for content of 2^`sizeBits` bytes.
  init(sizeBits: Int, logistic: Logistic, arena: Arena) {
    let contextCount = 1 << max(10, min(16, sizeBits))
    pairMap = AdaptiveMap(contextCount: contextCount, logistic: logistic, arena: arena)
    byteMap = AdaptiveMap(contextCount: contextCount, logistic: logistic, arena: arena)
  }

  /// Goes to the contexts of a nibble: `recent` is the bytes before, the last one lowest;
  /// `firstNibble` the first four bits of the byte behind a leading 1, or 0 at its start.
  @inline(__always)
  mutating func startNibble(after recent: UInt64, firstNibble: Int) {
    func block(_ bytes: UInt64) -> Int {
      Int((bytes &* 0x9E37_79B9 &+ UInt64(firstNibble) &* 0x85EB_CA6B) &>> 12) &<< 4
    }
    pairBlock = block(recent & 0xFFFF)
    byteBlock = block(recent & 0xFF)
  }

  /// Goes to the next bit, and asks the memory for what it needs.
  @inline(__always)
  mutating func startBit(_ partial: PartialByte) {
    node = partial.nibbleNode
    pairMap.prefetch(pairBlock | node)
    byteMap.prefetch(byteBlock | node)
  }

  /// The final probability, in units of 2⁻³², where the mixers predict `stretched`.
  @inline(__always)
  mutating func refine(_ stretched: Int, logistic: Logistic) -> UInt64 {
    let refined =
      UInt64(pairMap.refine(stretched, context: pairBlock | node))
      &+ UInt64(byteMap.refine(stretched, context: byteBlock | node))
    return (UInt64(logistic.squash(stretched)) &* 2 &+ refined &* 3) &>> 3
  }

  @inline(__always)
  mutating func update(bit: Int) {
    pairMap.update(bit: bit, rate: 6)
    byteMap.update(bit: bit, rate: 6)
  }
}
