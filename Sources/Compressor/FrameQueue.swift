// SPDX-License-Identifier: Apache-2.0

/// Frames that are coded side by side and whose results are taken in the order of the archive.
struct FrameQueue<Output: Sendable> {
  private var entries: [(task: FrameTask<Output>, bytes: Int)] = []

  /// Frames in the queue.
  var count: Int { entries.count }
  /// The memory that they hold.
  var bytes: Int { entries.map(\.bytes).reduce(0, +) }

  /// Appends a frame that holds `bytes` of memory.
  mutating func append(_ task: FrameTask<Output>, bytes: Int) { entries.append((task, bytes)) }

  /// Removes the oldest frame, of at least one, and waits for its result.
  ///
  /// - Throws: What its work or `report` throws; all frames have ended then.
  mutating func takeFirst(report: FrameTask<Output>.Report) throws -> Output {
    let task = entries.removeFirst().task
    do {
      return try task.value(report: report)
    } catch {
      task.cancel()
      cancel()
      throw error
    }
  }

  /// Ends the work on all frames.
  mutating func cancel() {
    for entry in entries { entry.task.cancel() }
    entries = []
  }
}
