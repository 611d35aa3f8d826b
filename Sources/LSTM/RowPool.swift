// SPDX-License-Identifier: Apache-2.0

import CKernels
import Platform

/// Rows of numbers that one thread reads while another one computes their next values.
///
/// A row lives in a slot. Learning leaves the slot as it is and writes the row's next value into a
/// spare one; ``publish()`` then makes the rows' new slots the valid ones, all at once. So a reader
/// sees no change before that, and no row is ever copied. The same for a row that is cleared.
final class RowPool<Element: RowElement> {
  /// Numbers a row.
  let width: Int
  /// All slots, one after the other.
  let values: ZeroedBuffer<Element>
  /// Number of rows.
  let count: Int

  private let slots: ZeroedBuffer<Int32>
  private let states: ZeroedBuffer<SlotState>
  /// Slots for rows that the reader clears; one that was used holds the row's old slot instead.
  private let readerSpares: ZeroedBuffer<Int32>
  private var cleared = 0
  private let changes: Int
  /// Slots for the next values of rows.
  private let learnerSpares: ZeroedBuffer<Int32>
  /// The rows that moved into the first of them, and where they were.
  private let changedRows: ZeroedBuffer<Int32>
  private let oldSlots: ZeroedBuffer<Int32>
  private var changed = 0

  /// Makes `count` rows of `width` zeros, of which at most `changes` are cleared, and at most
  /// `changes` learn, between two calls of ``publish()``.
  init(count: Int, width: Int, changes: Int) {
    self.count = count
    self.width = width
    self.changes = changes
    let total = count + 2 * changes
    values = ZeroedBuffer(count: total * width)
    slots = ZeroedBuffer(count: count)
    states = ZeroedBuffer(count: total)
    readerSpares = ZeroedBuffer(count: changes)
    learnerSpares = ZeroedBuffer(count: changes)
    changedRows = ZeroedBuffer(count: changes)
    oldSlots = ZeroedBuffer(count: changes)
    for row in 0..<count { slots.pointer[row] = Int32(row) }
    for index in 0..<changes {
      readerSpares.pointer[index] = Int32(count + index)
      learnerSpares.pointer[index] = Int32(count + changes + index)
    }
  }

  /// Bytes that such a pool holds.
  static func requiredBytes(count: Int, width: Int, changes: Int) -> Int {
    (count + 2 * changes)
      * (width * MemoryLayout<Element>.stride + MemoryLayout<SlotState>.stride) + 4 * count
      + 16 * changes
  }

  /// Asks the memory for what ``slot(of:)`` will look at.
  @inline(__always)
  func prefetchSlot(of row: Int) { lstmzip_prefetch(slots.pointer + row, 1) }

  /// The slot of a row.
  @inline(__always)
  func slot(of row: Int) -> Int { Int(slots.pointer[row]) }

  /// The numbers of a slot.
  @inline(__always)
  func elements(inSlot slot: Int) -> UnsafeMutablePointer<Element> { values.pointer + slot * width }

  /// The numbers of a row.
  @inline(__always)
  func elements(ofRow row: Int) -> UnsafeMutablePointer<Element> {
    elements(inSlot: slot(of: row))
  }

  /// Where a row's second moment is.
  func secondMoment(ofRow row: Int) -> UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer(states.pointer + slot(of: row)).assumingMemoryBound(to: Float.self)
  }

  /// The numbers of a row.
  func values(ofRow row: Int) -> UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(start: elements(ofRow: row), count: width)
  }

  /// Makes a row zeros, and forgets what was learned of it since the last ``publish()``.
  func clear(row: Int) {
    precondition(cleared < changes, "more rows were cleared than there are spare ones")
    let slot = Int(readerSpares.pointer[cleared])
    readerSpares.pointer[cleared] = slots.pointer[row]
    cleared += 1
    slots.pointer[row] = Int32(truncatingIfNeeded: slot)
    elements(inSlot: slot).update(repeating: .zero, count: width)
    states.pointer[slot] = SlotState(secondMoment: 0, successor: 0)
  }

  /// Asks the memory for what ``step(row:slot:gradient:meanSquare:rate:kernels:)`` of a slot reads.
  @inline(__always)
  func prefetchStep(slot: Int, kernels: Kernels) {
    lstmzip_prefetch(states.pointer + slot, 1)
    kernels.prefetch(elements(inSlot: slot), count: width)
  }

  /// Takes a step of the optimiser for a row that `slot` held at the last ``publish()``.
  @inline(__always)
  func step(
    row: Int, slot: Int, gradient: UnsafePointer<Float>, meanSquare: Float, rate: Float,
    kernels: Kernels
  ) {
    var source = slot
    var target = Int(states.pointer[slot].successor) - 1
    if target < 0 {
      target = Int(learnerSpares.pointer[changed])
      states.pointer[target].secondMoment = states.pointer[slot].secondMoment
      states.pointer[slot].successor = Int32(truncatingIfNeeded: target + 1)
      changedRows.pointer[changed] = Int32(truncatingIfNeeded: row)
      oldSlots.pointer[changed] = Int32(truncatingIfNeeded: slot)
      changed += 1
    } else {
      source = target
    }
    Element.step(of: kernels)(
      width, elements(inSlot: source), gradient, meanSquare, &states.pointer[target].secondMoment,
      rate, LearningSchedule.rowBeta2, LearningSchedule.epsilon, elements(inSlot: target))
  }

  /// Makes what was learned valid, except for rows that were cleared in the meantime.
  func publish() {
    for index in 0..<changed {
      let row = Int(changedRows.pointer[index])
      let old = oldSlots.pointer[index]
      states.pointer[Int(old)].successor = 0
      guard slots.pointer[row] == old else { continue }
      slots.pointer[row] = learnerSpares.pointer[index]
      learnerSpares.pointer[index] = old
    }
    changed = 0
    cleared = 0
  }
}

/// What learning knows of a slot.
private struct SlotState: BitwiseCopyable {
  /// The running mean of the gradient's mean square.
  var secondMoment: Float
  /// 1 + the slot that the row moves to, or 0.
  var successor: Int32
}
