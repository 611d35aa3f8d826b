import Foundation

/// The memory of one predictor: blocks that are allocated once, and freed together.
public final class Arena {
  private static let hugePage = 1 << 21

  private var blocks: [UnsafeMutableRawPointer] = []
  /// Bytes that were allocated.
  public private(set) var allocatedBytes = 0

  /// Makes an arena without memory.
  public init() {}

  deinit {
    for block in blocks { free(block) }
  }

  /// Allocates `count` elements, aligned to a cache line of 64 bytes, each equal to `value`.
  @inlinable
  public func allocate<Element: BitwiseCopyable>(
    _ count: Int, repeating value: Element
  ) -> UnsafeMutablePointer<Element> {
    let block = allocate(bytes: max(count, 1) * MemoryLayout<Element>.stride)
    return block.initializeMemory(as: Element.self, repeating: value, count: count)
  }

  /// The same with zeros, whose untouched pages cost neither time nor physical memory.
  @inlinable
  public func allocateZeros<Element: BitwiseCopyable & FixedWidthInteger>(
    _ count: Int
  ) -> UnsafeMutablePointer<Element> {
    allocate(bytes: max(count, 1) * MemoryLayout<Element>.stride)
      .bindMemory(to: Element.self, capacity: count)
  }

  /// Allocates zeroed bytes.
  @usableFromInline
  func allocate(bytes: Int) -> UnsafeMutableRawPointer {
    let isHuge = bytes >= 2 * Self.hugePage
    let alignment = isHuge ? Self.hugePage : 64
    guard let block = calloc(bytes + alignment, 1) else {
      fatalError("out of memory: \(bytes) bytes")
    }
    blocks.append(block)
    allocatedBytes += bytes
    let start = block.alignedUp(toMultipleOf: alignment)
    // Slots are reached in no order: with small pages the processor looks up an address for each.
    #if os(Linux)
      if isHuge { madvise(start, bytes & ~(Self.hugePage - 1), MADV_HUGEPAGE) }
    #endif
    return start
  }
}
