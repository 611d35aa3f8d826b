import CMixing

/// The memory of one predictor: blocks that are allocated once, and freed together.
final class Arena {
  private var blocks: [UnsafeMutableRawPointer] = []
  private(set) var allocatedBytes = 0

  /// Allocates `count` elements, aligned to a cache line of 64 bytes, each equal to `value`.
  func allocate<Element: BitwiseCopyable>(
    _ count: Int, repeating value: Element
  ) -> UnsafeMutablePointer<Element> {
    let size = max(count, 1) * MemoryLayout<Element>.stride
    let huge = size >= 1 << 22
    let block = UnsafeMutableRawPointer.allocate(
      byteCount: size, alignment: huge ? 1 << 21 : 64)
    if huge { cmixing_advise_huge_pages(block, size) }
    blocks.append(block)
    allocatedBytes += size
    return block.initializeMemory(as: Element.self, repeating: value, count: count)
  }

  deinit {
    for block in blocks { block.deallocate() }
  }
}
