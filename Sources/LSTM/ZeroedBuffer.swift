import Foundation

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
    let bytes = count * MemoryLayout<Element>.stride
    let alignment = bytes < hugePage ? 64 : hugePage
    // `calloc` hands out fresh zero pages without touching them, unlike an aligned allocation.
    guard let memory = calloc(bytes + alignment, 1) else {
      fatalError("out of memory: \(bytes) bytes")
    }
    allocation = memory
    let start = memory.alignedUp(toMultipleOf: alignment)
    pointer = start.bindMemory(to: Element.self, capacity: count)
    preferHugePages(start, bytes: bytes)
  }

  deinit {
    free(allocation)
  }

  /// The contents, for tests and serialisation.
  package var values: UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(start: pointer, count: count)
  }
}

/// What the kernels read and write.
typealias FloatBuffer = ZeroedBuffer<Float>

private let hugePage = 1 << 21

/// Asks for huge pages: rows of a large table are read in no order, and with small pages the
/// processor would look up an address for each of them.
private func preferHugePages(_ start: UnsafeMutableRawPointer, bytes: Int) {
  #if os(Linux)
    if bytes >= hugePage { madvise(start, bytes & ~(hugePage - 1), MADV_HUGEPAGE) }
  #endif
}
