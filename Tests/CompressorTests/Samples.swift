// SPDX-License-Identifier: Apache-2.0

import Archive
import Content
import Contexts
import LSTM
import Serialisation
import TestSupport

@testable import LSTMArchive
@testable import Prediction

/// Compressors small enough for debug builds.
extension Samples {
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

  /// The settings of a frame of one part: of untrained networks, unless there are rates.
  static func settings(
    _ options: PredictorOptions, _ content: [UInt8], rates: LearningRates? = nil
  ) -> ContentSettings {
    let parts = [ContentPart(.detect(content), count: content.count)]
    return ContentSettings(
      parts: parts,
      groups: [PredictorSettings(options, parts: parts, isAlone: true, rates: rates)])
  }

  /// An archive of one frame of one part.
  static func frame(
    _ content: [UInt8], _ settings: ContentSettings, threads: Int = 1, checksumChange: UInt32 = 0
  ) throws -> [UInt8] {
    let payload = try ContentCoder.encode(content, settings: settings, threads: threads) { _, _ in }
    let form = FrameContent.Form.whole(settings.parts[0].description)
    let header = FrameHeader(
      .model(
        settings.groups, content: FrameContent(size: content.count, form: form),
        payloadSize: payload.count, contentChecksum: Checksum.of(content) ^ checksumChange))
    return header.bytes + payload
  }
}
