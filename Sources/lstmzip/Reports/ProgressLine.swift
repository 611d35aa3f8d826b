// SPDX-License-Identifier: Apache-2.0

import LSTMArchive
import Platform

/// Says on standard error how far a file has come.
final class ProgressLine {
  /// What the known total counts.
  enum Counts {
    case content
    case archive
  }

  private static let secondsBetweenUpdates = 0.2

  private let name: FileName
  private let total: Int?
  private let counts: Counts
  private let isShown: Bool
  private let isJSON: Bool
  private let isVerbose: Bool
  private let start = ContinuousClock().now
  private var lastUpdate = 0.0
  private var lastLength = 0
  /// Requests for progress that were answered.
  private var answered = ProgressRequest.count
  private var progress = CompressionProgress()

  /// - Parameter total: The bytes of content or of archive in all, if they are known.
  init(name: FileName, total: Int?, counts: Counts, messages: MessageOptions) {
    self.name = name
    self.total = total
    self.counts = counts
    isJSON = messages.progress == .json
    isShown =
      switch messages.progress {
      case .auto: !messages.quiet && isatty(STDERR_FILENO) == 1
      case .always, .json: true
      case .never: false
      }
    isVerbose = messages.verbose && !messages.quiet
  }

  deinit {
    clear()
  }

  /// Takes in the state, and shows it a few times a second.
  func report(_ progress: CompressionProgress) {
    self.progress = progress
    answerRequest()
    guard isShown else { return }
    let now = seconds
    guard now - lastUpdate >= Self.secondsBetweenUpdates || lastUpdate == 0 else { return }
    lastUpdate = now
    if isJSON { return printJSON(after: now, isFinished: false) }
    let line = text(after: now)
    let padding = String(repeating: " ", count: max(0, lastLength - line.count))
    lastLength = line.count
    Standard.write("\r\(line)\(padding)", to: STDERR_FILENO)
  }

  /// Removes the line, and prints the outcome if that is wanted.
  func finish(verb: String) {
    clear()
    if isJSON { printJSON(after: seconds, isFinished: true) }
    guard isVerbose else { return }
    Standard.write("\(name): \(verb): \(summary(after: seconds))\n", to: STDERR_FILENO)
  }

  /// Says how far the file has come, if a signal has asked since the last time.
  private func answerRequest() {
    let requests = ProgressRequest.count
    guard requests != answered else { return }
    answered = requests
    clear()
    Standard.write("\(text(after: seconds))\n", to: STDERR_FILENO)
  }

  /// The line of `--progress=json`; its keys are part of the command line's interface.
  private struct Line: Encodable {
    var name: String
    var contentBytes: Int
    var archiveBytes: Int
    var totalBytes: Int?
    var seconds: Double
    var isFinished: Bool
  }

  private func printJSON(after seconds: Double, isFinished: Bool) {
    let line = Line(
      name: "\(name)", contentBytes: progress.contentBytes, archiveBytes: progress.archiveBytes,
      totalBytes: total, seconds: (seconds * 1000).rounded() / 1000, isFinished: isFinished)
    Standard.writeJSONLine(line, to: STDERR_FILENO)
  }

  private func clear() {
    guard lastLength > 0 else { return }
    Standard.write("\r" + String(repeating: " ", count: lastLength) + "\r", to: STDERR_FILENO)
    lastLength = 0
  }

  private var seconds: Double { (ContinuousClock().now - start) / .seconds(1) }

  private func text(after seconds: Double) -> String {
    var parts = ["\(name)"]
    // Content of a frame counts before its archive does: while compressing it is the better measure.
    let done = counts == .content ? progress.contentBytes : progress.archiveBytes
    if let total, total > 0 { parts.append("\(min(done, total) * 100 / total) %") }
    parts.append(summary(after: seconds))
    if let total, done > 0, done < total, counts == .content, seconds > 0.5 {
      let left = Int(seconds * Double(total - done) / Double(done))
      let seconds = Format.padded("\(left % 60)", to: 2, on: .left, with: "0")
      parts.append("\(left / 60):\(seconds) left")
    }
    return parts.joined(separator: "  ")
  }

  private func summary(after seconds: Double) -> String {
    let content = progress.contentBytes
    let speed = seconds > 0 ? Double(content) / seconds / 1000 : 0
    var text = "\(content) bytes of content, \(progress.archiveBytes) of archive"
    if progress.archiveBytes > 0 && content > 0 {
      let share = Double(progress.archiveBytes) * 100 / Double(content)
      text += " (\(Format.fixed(share, decimals: 2)) %)"
    }
    return text + ", \(Format.fixed(speed, decimals: 1)) KB/s"
  }
}
