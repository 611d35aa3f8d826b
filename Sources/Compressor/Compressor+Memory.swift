// SPDX-License-Identifier: Apache-2.0

import Content
import Prediction

extension Compressor {
  /// Bytes of memory that coding a frame of so much content takes at most, its buffers included.
  ///
  /// - Throws: What finding the library's model throws.
  package func requiredBytes(contentSize: Int) throws -> Int {
    var options = try predictorOptions()
    if options.mayUseRichExperts { options.expertSet = .rich }
    // Before the content is seen, its type and the settings that fit it best are not known.
    let sizes = ContentType.allCases.flatMap { type in
      options.candidateRates(type).map { rates in
        let parts = [ContentPart(ContentDescription(type: type), count: contentSize)]
        let group = PredictorSettings(options, parts: parts, isAlone: true, rates: rates)
        return ContentSettings(parts: parts, groups: [group])
          .requiredBytes(payloadSize: contentSize)
      }
    }
    return sizes.max() ?? 0
  }
}
