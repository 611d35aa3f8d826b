// SPDX-License-Identifier: Apache-2.0

/// A counting semaphore: ``wait()`` returns once for each ``signal()``.
package final class Semaphore: @unchecked Sendable {
  private let condition = Condition()
  /// Signals that nobody has taken yet, guarded by `condition`.
  private var count = 0

  /// Makes a semaphore without signals.
  package init() {}

  /// Lets one ``wait()`` return.
  package func signal() {
    condition.withLock {
      count += 1
      condition.broadcast()
    }
  }

  /// Waits for a signal, and takes it.
  package func wait() {
    condition.withLock {
      while count == 0 { condition.wait() }
      count -= 1
    }
  }
}
