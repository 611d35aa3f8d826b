// SPDX-License-Identifier: Apache-2.0

import Content
import Contexts
import LSTM
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

  /// The settings of a frame with untrained networks.
  static func settings(_ options: PredictorOptions, _ content: [UInt8]) -> PredictorSettings {
    PredictorSettings(
      options, content: .detect(content), contentSize: content.count, rates: nil)
  }
}
