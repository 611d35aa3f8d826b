// SPDX-License-Identifier: Apache-2.0

/// Memory that nobody writes: a part of the program, or what an owner keeps alive.
package struct ConstantBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
  /// The first of `count` elements.
  package let pointer: UnsafePointer<Element>
  /// Number of elements.
  package let count: Int
  /// What keeps the memory.
  package let owner: AnyObject?

  /// Takes memory that stays as it is as long as `owner` lives, or for ever without one.
  package init(pointer: UnsafePointer<Element>, count: Int, owner: AnyObject?) {
    self.pointer = pointer
    self.count = count
    self.owner = owner
  }

  /// Copies `elements`.
  package init(_ elements: some Collection<Element>) {
    let memory = ZeroedBuffer<Element>(count: elements.count)
    _ = memory.values.update(fromContentsOf: elements)
    self.init(pointer: memory.pointer, count: memory.count, owner: memory)
  }

  /// The elements.
  package var values: UnsafeBufferPointer<Element> {
    UnsafeBufferPointer(start: pointer, count: count)
  }
}
