// SPDX-License-Identifier: Apache-2.0

import Platform
import Synchronization

/// The coding of one frame: in a thread of its own, or in the one that asks for the result.
///
/// Sendable because what two threads touch is atomic or guarded by `condition`; `thread` belongs to the
/// thread that made the task.
final class FrameTask<Output: Sendable>: @unchecked Sendable {
  /// What the work calls with the bytes of content that are done, and those of the archive that they
  /// took; it throws if the work is to end.
  typealias Report = (_ content: Int, _ archive: Int) throws -> Void
  typealias Work = @Sendable (Report) throws -> Output

  private static var millisecondsBetweenReports: Int { 100 }

  private let work: Work
  private let content = Atomic<Int>(0)
  private let archive = Atomic<Int>(0)
  private let isCancelled = Atomic<Bool>(false)
  private let condition = Condition()
  /// The outcome, guarded by `condition`.
  private var result: Result<Output, any Error>?
  /// The thread that works, until it is joined; nil for work that is done inline.
  private var thread: Thread?

  /// Begins the work, or leaves it to ``value(report:)``.
  init(isInline: Bool, _ work: @escaping Work) {
    self.work = work
    guard !isInline else { return }
    thread = Thread(name: "lstmzip frame") { [self] in
      let outcome = Result {
        try work { content, archive in
          self.content.store(content, ordering: .relaxed)
          self.archive.store(archive, ordering: .relaxed)
          if self.isCancelled.load(ordering: .relaxed) { throw CancellationError() }
        }
      }
      condition.withLock {
        result = outcome
        condition.broadcast()
      }
    }
  }

  /// The result, after the work is done; `report` is called now and then in the calling thread.
  func value(report: Report) throws -> Output {
    guard thread != nil else { return try work(report) }
    while true {
      let outcome = condition.withLock {
        if result == nil { condition.wait(milliseconds: Self.millisecondsBetweenReports) }
        return result
      }
      if let outcome {
        join()
        return try outcome.get()
      }
      try report(content.load(ordering: .relaxed), archive.load(ordering: .relaxed))
    }
  }

  /// Ends the work early, and returns when it has ended.
  func cancel() {
    isCancelled.store(true, ordering: .relaxed)
    join()
  }

  private func join() {
    thread?.join()
    thread = nil
  }
}
