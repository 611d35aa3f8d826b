import Foundation
import Synchronization

/// The coding of one frame: in a thread of its own, or in the one that asks for the result.
final class FrameTask<Output: Sendable>: @unchecked Sendable {
  /// What the work calls with the bytes that are done; it throws if the work is to end.
  typealias Report = (_ done: Int) throws -> Void
  typealias Work = @Sendable (Report) throws -> Output

  private static var reportInterval: Double { 0.1 }

  private let work: Work
  private let isInline: Bool
  private let done = Atomic<Int>(0)
  private let isCancelled = Atomic<Bool>(false)
  private let condition = NSCondition()
  /// The outcome, guarded by `condition`.
  private var result: Result<Output, any Error>?

  /// Begins the work, or leaves it to ``value(report:)``.
  init(isInline: Bool, _ work: @escaping Work) {
    self.work = work
    self.isInline = isInline
    guard !isInline else { return }
    let thread = Thread { [self] in
      let outcome = Result {
        try work { done in
          self.done.store(done, ordering: .relaxed)
          if self.isCancelled.load(ordering: .relaxed) { throw CancellationError() }
        }
      }
      condition.withLock {
        result = outcome
        condition.broadcast()
      }
    }
    thread.name = "lstmzip frame"
    thread.start()
  }

  /// The result, after the work is done; `report` is called now and then in the calling thread.
  func value(report: Report) throws -> Output {
    if isInline { return try work(report) }
    while true {
      let outcome = condition.withLock {
        if result == nil { _ = condition.wait(until: Date() + Self.reportInterval) }
        return result
      }
      if let outcome { return try outcome.get() }
      try report(done.load(ordering: .relaxed))
    }
  }

  /// Ends the work early, and returns when it has ended.
  func cancel() {
    guard !isInline else { return }
    isCancelled.store(true, ordering: .relaxed)
    condition.withLock {
      while result == nil { condition.wait() }
    }
  }
}

/// Frames that are coded side by side and whose results are taken in the order of the archive.
struct FrameQueue<Output: Sendable> {
  /// A frame that waits for its turn.
  struct Entry {
    var task: FrameTask<Output>
    /// Memory that it holds.
    var bytes: Int
    /// What becomes of its result.
    var finish: (Output) throws -> Void
  }

  private var entries: [Entry] = []

  /// Frames in the queue, and the memory that they hold.
  var count: Int { entries.count }
  var bytes: Int { entries.map(\.bytes).reduce(0, +) }

  mutating func append(_ entry: Entry) { entries.append(entry) }

  /// Finishes the oldest frame.
  ///
  /// - Throws: What its work or its `finish` or `report` throws; the others have ended then.
  mutating func finishFirst(report: FrameTask<Output>.Report) throws {
    guard !entries.isEmpty else { return }
    let entry = entries.removeFirst()
    do {
      try entry.finish(entry.task.value(report: report))
    } catch {
      entry.task.cancel()
      cancel()
      throw error
    }
  }

  /// Finishes all frames, in order.
  mutating func finishAll(report: FrameTask<Output>.Report) throws {
    while !entries.isEmpty { try finishFirst(report: report) }
  }

  /// Ends the work on all frames.
  mutating func cancel() {
    for entry in entries { entry.task.cancel() }
    entries = []
  }
}
