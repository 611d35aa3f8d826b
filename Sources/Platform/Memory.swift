// SPDX-License-Identifier: Apache-2.0

/// Zeroed memory that `free` takes back.
struct ZeroedMemory {
  private static let hugePage = 1 << 21

  /// What was allocated.
  let allocation: UnsafeMutableRawPointer
  /// The first byte, at a multiple of 64, a cache line, or in a large block of 2 MiB.
  let start: UnsafeMutableRawPointer

  /// Allocates `count` bytes, whose untouched pages cost neither time nor physical memory.
  init(bytes count: Int) {
    let alignment = count < Self.hugePage ? 64 : Self.hugePage
    // `calloc` hands out fresh zero pages without touching them, unlike an aligned allocation.
    guard let block = calloc(count + alignment, 1) else {
      fatalError("out of memory: \(count) bytes")
    }
    allocation = block
    start = block.alignedUp(toMultipleOf: alignment)
    // Large tables are read in no order: with small pages the processor looks up an address for each.
    #if os(Linux)
      if count >= Self.hugePage { madvise(start, count & ~(Self.hugePage - 1), MADV_HUGEPAGE) }
    #endif
  }
}
