import Contexts
import LSTM

/// A frame and what it becomes.
struct EncodedFrame: Sendable {
  let content: [UInt8]
  let header: [UInt8]
  let payload: [UInt8]

  /// Bytes from the start of a frame that are coded in several ways, to choose one for all of it: a
  /// few, and more in those ways whose estimates are within so many percent of the best one.
  ///
  /// Of text few tell more, for trained models have seen much of it.
  private static func samples(kind: Configuration.Kind) -> [(size: Int, tolerance: Int)] {
    [(1 << 12, kind == .text ? 2 : 10), (1 << 17, 0)]
  }

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
    for (size, tolerance) in Self.samples(kind: detected.kind) where trials.count > 1 {
      let sample = content.count <= size ? content : Array(content[..<size])
      for index in trials.indices where trials[index].sampleSize < sample.count {
        try trials[index].run(sample, contentSize: content.count, threads: threads) {
          try report(0)
        }
      }
      let least = trials.map(\.estimate).min() ?? 0
      trials.removeAll { ($0.estimate - $0.doubt) * 100 > least * (100 + tolerance) }
    }
    let best = trials.min { $0.estimate < $1.estimate } ?? trials[0]
    let chosen = description(model, best.rates)
    if best.sampleSize == content.count && best.description == chosen {
      payload = best.payload
    } else {
      payload = try FrameCoder.encode(content, model: chosen, threads: threads) {
        (done, _) in try report(done)
      }
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
    /// Bytes that this way would make of the whole content, if it went on as in the sample's second
    /// half: what was trained is ahead at first, and may fall behind.
    var estimate = 0
    /// What a byte more in the first half would make of the estimate.
    var doubt = 0

    init(rates: LearningRates?, description: ModelDescription) {
      self.rates = rates
      self.description = description
    }

    mutating func run(
      _ sample: [UInt8], contentSize: Int, threads: Int, report: () throws -> Void
    ) throws {
      let half = sample.count / 2
      var firstHalf = 0
      payload = try FrameCoder.encode(sample, model: description, threads: threads) {
        (done, payloadSize) in
        if done <= half { firstHalf = payloadSize }
        try report()
      }
      sampleSize = sample.count
      let (rest, secondHalf) = (contentSize - sampleSize, max(sampleSize - half, 1))
      doubt = rest / secondHalf
      estimate =
        description.bytes.count + payload.count + (payload.count - firstHalf) * rest / secondHalf
    }
  }
}
