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

  /// Allocates `count` zeros. Untouched pages cost no physical memory.
  init(count: Int) {
    self.count = count
    let alignment = 64
    // `calloc` hands out fresh zero pages without touching them, unlike an aligned allocation.
    guard let memory = calloc(count * MemoryLayout<Float>.stride + alignment, 1) else {
      fatalError("out of memory: \(count) floats")
    }
    allocation = memory
    pointer = memory.alignedUp(toMultipleOf: alignment).bindMemory(to: Float.self, capacity: count)
  }

  deinit {
    free(allocation)
  }

  /// The contents, for tests and serialisation.
  var values: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: pointer, count: count)
  }
}
