// SPDX-License-Identifier: Apache-2.0

/// The memory of one predictor: blocks that are allocated once, and freed together.
public final class Arena {
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
  public func allocate(bytes: Int) -> UnsafeMutableRawPointer {
    let memory = ZeroedMemory(bytes: bytes)
    blocks.append(memory.allocation)
    allocatedBytes += bytes
    return memory.start
  }
}
