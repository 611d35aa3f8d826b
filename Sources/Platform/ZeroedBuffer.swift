// SPDX-License-Identifier: Apache-2.0

/// Zeroed memory at a fixed, 64-byte aligned address.
///
/// What the kernels read and write, and what the loop over the bytes touches: an array would check
/// bounds, uniqueness and exclusive access each time. A class, so that the memory lives exactly as
/// long as its last owner.
package final class ZeroedBuffer<Element: BitwiseCopyable> {
  /// The first of `count` elements.
  package let pointer: UnsafeMutablePointer<Element>
  /// Number of elements.
  package let count: Int

  private let allocation: UnsafeMutableRawPointer

  /// Allocates `count` zeros, whose untouched pages cost no physical memory.
  package init(count: Int) {
    self.count = count
    let memory = ZeroedMemory(bytes: count * MemoryLayout<Element>.stride)
    allocation = memory.allocation
    pointer = memory.start.bindMemory(to: Element.self, capacity: count)
  }

  deinit {
    free(allocation)
  }

  /// The contents, for tests and serialisation.
  package var values: UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(start: pointer, count: count)
  }
}
