// SPDX-License-Identifier: Apache-2.0

import CKernels
import Platform
import Synchronization

/// A thread that does one kind of work again and again, each time it is told to.
///
/// Both sides wait by looking for a while before they sleep: a window of the network is done within
/// less time than the system takes to wake a thread.
final class Worker: @unchecked Sendable {
  private enum State {
    static let idle = 0
    static let busy = 1
    static let stopped = 2
  }

  private static let looksBeforeSleep = 4000

  private let state = Atomic<Int>(State.idle)
  private let workerSleeps = Atomic<Bool>(false)
  private let callerSleeps = Atomic<Bool>(false)
  private let toWorker = Semaphore()
  private let toCaller = Semaphore()
  /// Guarded by the caller: ``init(_:)`` and ``stop()`` alone touch it.
  private var thread: Thread?

  /// Makes a thread that runs `work` each time ``start()`` is called.
  init(_ work: @escaping @Sendable () -> Void) {
    thread = Thread(name: "lstmzip learning") { [self] in
      while true {
        wait(while: State.idle, sleeps: workerSleeps, toWorker)
        guard state.load(ordering: .acquiring) == State.busy else { break }
        work()
        state.store(State.idle, ordering: .sequentiallyConsistent)
        wake(callerSleeps, toCaller)
      }
    }
  }

  /// Begins the work; the one before must have been waited for.
  func start() {
    state.store(State.busy, ordering: .sequentiallyConsistent)
    wake(workerSleeps, toWorker)
  }

  /// Returns when the work is done; at once if none was begun.
  func wait() {
    wait(while: State.busy, sleeps: callerSleeps, toCaller)
  }

  /// Looks for a while whether the work is done, or has come to a point where `hasMore` says so, and returns
  /// at the latest when it would have to sleep.
  func wait(orUntil hasMore: () -> Bool) {
    for _ in 0..<Self.looksBeforeSleep {
      if state.load(ordering: .acquiring) != State.busy || hasMore() { return }
      lstmzip_spin_hint()
    }
  }

  /// Ends the thread, after the work that was begun.
  func stop() {
    wait()
    state.store(State.stopped, ordering: .sequentiallyConsistent)
    wake(workerSleeps, toWorker)
    thread?.join()
    thread = nil
  }

  private func wake(_ sleeps: borrowing Atomic<Bool>, _ semaphore: Semaphore) {
    if sleeps.exchange(false, ordering: .sequentiallyConsistent) { semaphore.signal() }
  }

  private func wait(
    while value: Int, sleeps: borrowing Atomic<Bool>, _ semaphore: Semaphore
  ) {
    for _ in 0..<Self.looksBeforeSleep {
      if state.load(ordering: .acquiring) != value { return }
      lstmzip_spin_hint()
    }
    while state.load(ordering: .sequentiallyConsistent) == value {
      sleeps.store(true, ordering: .sequentiallyConsistent)
      // The other side may have changed the state before it could see that this one sleeps; then
      // whoever takes the mark back decides whether there is a signal to wait for.
      if state.load(ordering: .sequentiallyConsistent) != value
        && sleeps.exchange(false, ordering: .sequentiallyConsistent)
      {
        return
      }
      semaphore.wait()
    }
  }
}
