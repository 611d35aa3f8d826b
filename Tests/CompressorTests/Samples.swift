import Content
import Contexts
import LSTM

@testable import LSTMArchive
@testable import Prediction

/// Deterministic inputs, and compressors small enough for debug builds.
enum Samples {
  static func text(_ count: Int) -> [UInt8] {
    let sentence = Array("The cell remembers what the forget gate lets it keep. ".utf8)
    return (0..<count).map { sentence[$0 % sentence.count] }
  }

  static func random(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
  }

  /// The smallest network.
  static let network: NetworkConfiguration = {
    var network = NetworkConfiguration()
    network.cells = 16
    network.embeddingRowBits = 8
    return network
  }()

  /// The smallest network alone.
  static let options = PredictorOptions(network: network, hasExperts: false)

  /// A compressor with the smallest network.
  static func compressor(frameSize: Int = 1024) -> Compressor {
    var compressor = Compressor()
    compressor.options = options
    compressor.frameSize = frameSize
    return compressor
  }

  /// The settings of a frame with untrained networks.
  static func settings(_ options: PredictorOptions, _ content: [UInt8]) -> PredictorSettings {
    PredictorSettings(
      options, content: .detect(content), contentSize: content.count, rates: nil)
  }

  /// A source that gives `bytes` in pieces of changing size.
  static func pieces(of bytes: [UInt8]) -> ByteSource {
    var rest = bytes[...]
    var sizes = random(64, seed: 7).map { Int($0) % 37 + 1 }[...]
    return { limit in
      let size = min(limit, sizes.popFirst() ?? 5)
      defer { rest = rest.dropFirst(size) }
      return Array(rest.prefix(size))
    }
  }
}
