import Contexts
import LSTM

/// A frame and what it becomes.
struct EncodedFrame: Sendable {
  let content: [UInt8]
  let header: [UInt8]
  let payload: [UInt8]

  /// Bytes from the start of a frame that are coded in several ways, to choose one for all of it.
  private static let sampleSize = 1 << 15

  /// Codes a frame.
  init(
    _ content: [UInt8], model: Model, threads: Int, report: (_ done: Int) throws -> Void
  ) throws {
    self.content = content
    let sample = content.count <= Self.sampleSize ? content : Array(content[..<Self.sampleSize])
    let (description, samplePayload) = try Self.choose(
      model, for: content, sample: sample, threads: threads, report: report)
    if sample.count == content.count, let samplePayload {
      payload = samplePayload
    } else {
      payload = try FrameCoder.encode(
        content, model: description, threads: threads, report: report)
    }
    header =
      FrameHeader(
        .model(
          description, contentSize: content.count, payloadSize: payload.count,
          contentChecksum: Checksum.of(content))
      ).bytes
  }

  /// The description that makes the sample smallest, and what it makes of it if there was a choice.
  private static func choose(
    _ model: Model, for content: [UInt8], sample: [UInt8], threads: Int,
    report: (_ done: Int) throws -> Void
  ) throws -> (ModelDescription, [UInt8]?) {
    let detected = Configuration.detect(content)
    let choices = model.rates.map {
      ModelDescription(model, content: content, detected: detected, rates: $0)
    }
    guard choices.count > 1 else { return (choices[0], nil) }
    var best: (ModelDescription, [UInt8])?
    for choice in choices {
      let payload = try FrameCoder.encode(
        sample, model: choice, threads: threads, report: { _ in try report(0) })
      if payload.count < best?.1.count ?? .max { best = (choice, payload) }
    }
    return (best?.0 ?? choices[0], best?.1)
  }
}
