import Contexts
import LSTM

/// A frame and what it becomes.
struct EncodedFrame: Sendable {
  let content: [UInt8]
  let header: [UInt8]
  let payload: [UInt8]

  /// Bytes from the start of a frame that are coded in several ways, to choose one for all of it: a
  /// few, and more in those ways that are within ``tolerance`` percent of the best.
  private static let sampleSizes = [1 << 12, 1 << 15, 1 << 17]
  private static let tolerance = 3

  /// Codes a frame.
  init(
    _ content: [UInt8], model: Model, threads: Int, report: (_ done: Int) throws -> Void
  ) throws {
    self.content = content
    let detected = Configuration.detect(content)
    func description(_ model: Model, _ rates: LearningRates?) -> ModelDescription {
      ModelDescription(model, content: content, detected: detected, rates: rates)
    }
    let judge = model.judge
    var trials = model.rates(kind: detected.kind).map {
      Trial(rates: $0, description: description(judge, $0))
    }
    for size in Self.sampleSizes where trials.count > 1 {
      let sample = content.count <= size ? content : Array(content[..<size])
      for index in trials.indices where trials[index].sampleSize < sample.count {
        trials[index].payload = try FrameCoder.encode(
          sample, model: trials[index].description, threads: threads,
          report: { _ in try report(0) })
        trials[index].sampleSize = sample.count
      }
      let least = trials.map(\.payload.count).min() ?? 0
      trials.removeAll { $0.payload.count * 100 > least * (100 + Self.tolerance) }
    }
    let best = trials.min { $0.payload.count < $1.payload.count } ?? trials[0]
    let chosen = description(model, best.rates)
    if best.sampleSize == content.count && best.description == chosen {
      payload = best.payload
    } else {
      payload = try FrameCoder.encode(content, model: chosen, threads: threads, report: report)
    }
    header =
      FrameHeader(
        .model(
          chosen, contentSize: content.count, payloadSize: payload.count,
          contentChecksum: Checksum.of(content))
      ).bytes
  }

  /// A way to code the frame, and what it made of a sample.
  private struct Trial {
    let rates: LearningRates?
    let description: ModelDescription
    var payload: [UInt8] = []
    var sampleSize = 0
  }
}
