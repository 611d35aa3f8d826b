import Foundation

/// Zeroed floats at a fixed, 64-byte aligned address: what the kernels read and write.
///
/// A class, so that the memory lives exactly as long as its last owner.
final class FloatBuffer {
  /// The first of `count` floats.
  let pointer: UnsafeMutablePointer<Float>
  /// Number of floats.
  let count: Int

  private let allocation: UnsafeMutableRawPointer

  /// Allocates `count` zeros, whose untouched pages cost no physical memory.
  init(count: Int) {
    self.count = count
    let bytes = count * MemoryLayout<Float>.stride
    let alignment = bytes < Self.hugePage ? 64 : Self.hugePage
    // `calloc` hands out fresh zero pages without touching them, unlike an aligned allocation.
    guard let memory = calloc(bytes + alignment, 1) else {
      fatalError("out of memory: \(bytes) bytes")
    }
    allocation = memory
    let start = memory.alignedUp(toMultipleOf: alignment)
    pointer = start.bindMemory(to: Float.self, capacity: count)
    Self.preferHugePages(start, bytes: bytes)
  }

  deinit {
    free(allocation)
  }

  /// The contents, for tests and serialisation.
  var values: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: pointer, count: count)
  }

  private static let hugePage = 1 << 21

  /// Asks for huge pages: rows of a large table are read in no order, and with small pages the
  /// processor would look up an address for each of them.
  private static func preferHugePages(_ start: UnsafeMutableRawPointer, bytes: Int) {
    #if os(Linux)
      if bytes >= hugePage { madvise(start, bytes & ~(hugePage - 1), MADV_HUGEPAGE) }
    #endif
  }
}
