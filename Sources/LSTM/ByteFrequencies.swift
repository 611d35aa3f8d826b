// SPDX-License-Identifier: Apache-2.0

import Platform

/// The distribution of a network's next byte in integers, bit by bit.
///
/// `docs/NUMERICS.md`, section 5, defines the frequencies. They are kept as the sums of a binary tree,
/// so that a bit's probability is a quotient of two of them.
public struct ByteFrequencies {
  private let kernels: Kernels
  /// 512 nodes: 1 is the root, 2 n and 2 n + 1 are below n, 256 + v is the value v.
  private let tree: ZeroedBuffer<UInt32>
  /// Where in the tree the bits of the byte so far lead.
  private var node = 1

  /// The most probable byte among those that agree with the bits so far.
  public private(set) var expectedByte = 0

  /// Makes frequencies for the lanes of `network`; they are to be started.
  package init(for network: Network) {
    kernels = network.kernels
    tree = ZeroedBuffer(count: 512)
  }

  /// Begins a byte with what `network` predicts for a lane.
  package mutating func start(_ network: Network, lane: Int) {
    guard let probabilities = network.probabilities(lane: lane).baseAddress else { return }
    kernels.fillFrequencyTree(probabilities, tree.pointer)
    node = 1
    findExpectedByte()
  }

  /// The probability that the next bit is 1 in units of 2^-32, from 1 to 2^32 - 1.
  public var probability: UInt32 {
    UInt32(
      truncatingIfNeeded: UInt64(tree.pointer[2 &* node &+ 1]) &<< 32 / UInt64(tree.pointer[node]))
  }

  /// The probability of ``expectedByte``, given the bits so far, in units of 2^-8.
  public var expectedShare: Int {
    Int(UInt64(tree.pointer[256 | expectedByte]) &<< 8 / UInt64(tree.pointer[node]))
  }

  /// Takes in the next bit, the highest one first; not the last one of a byte, after which the next byte
  /// is to be started.
  public mutating func update(bit: Bool) {
    node = node &<< 1 | (bit ? 1 : 0)
    if (256 | expectedByte) &>> bitsLeft != node { findExpectedByte() }
  }

  /// The bits of the byte that are to come.
  private var bitsLeft: Int { 9 &- (Int.bitWidth &- node.leadingZeroBitCount) }

  private mutating func findExpectedByte() {
    let bitsLeft = bitsLeft
    let first = node &<< bitsLeft
    expectedByte =
      first &- 256 &+ kernels.firstGreatest(count: 1 &<< bitsLeft, tree.pointer + first)
  }
}
