// SPDX-License-Identifier: Apache-2.0

/// What a layer has learned that serves other contents too.
extension MixerLayer {
  /// Mixers of at most this many weight vectors pass on each of them to other contents, others their
  /// mean: what depends on a content's own bytes is for each content to learn.
  private static let greatestKept = 256
  /// How often a vector counts as used that another content has taught.
  private static let taughtUses: Int16 = 60

  /// Per mixer its vectors, and those that stand for what is passed on: all, or the first for the mean.
  private var mixers: [(vectors: Range<Int>, passed: Range<Int>)] {
    (0..<mixerCount).map { index in
      let first = Int(starts[index])
      let end = index + 1 < mixerCount ? Int(starts[index + 1]) : vectorCount
      return (first..<end, end - first <= Self.greatestKept ? first..<end : first..<first + 1)
    }
  }

  /// The number of ``trainedParameters``.
  var trainedParameterCount: Int { mixers.map(\.passed.count).reduce(0, +) * length }

  /// The weights that other contents can start with, vector by vector.
  ///
  /// A vector that was never used counts as the mean of the others of its mixer. In the place of the last
  /// weight, which counts a vector's uses, stands the initial weight.
  var trainedParameters: [UInt16] {
    mixers.flatMap { mixer in
      let mean = mean(mixer.vectors)
      let isWhole = mixer.passed == mixer.vectors
      return mixer.passed.flatMap { vector in
        let values = isWhole && uses(vector) > 0 ? self.vector(vector) : mean
        return (values.dropLast() + [initialWeight]).map { UInt16(bitPattern: $0) ^ 0x8000 }
      }
    }
  }

  /// Starts with the parameters of another layer of the same shape.
  func start(with parameters: ArraySlice<UInt16>) {
    var rest = parameters
    for mixer in mixers {
      for passed in mixer.passed {
        let values = rest.prefix(length).map { max(Int16(bitPattern: $0 ^ 0x8000), -Int16.max) }
        rest = rest.dropFirst(length)
        for vector in mixer.passed == mixer.vectors ? passed..<passed + 1 : mixer.vectors {
          (weights + vector * length).update(from: values, count: length - 1)
          weights[(vector + 1) * length - 1] = Self.taughtUses
        }
      }
    }
  }

  /// How often a vector was used, as far as it was counted.
  private func uses(_ vector: Int) -> Int { Int(weights[(vector + 1) * length - 1]) }

  private func vector(_ vector: Int) -> [Int16] {
    (0..<length).map { weights[vector * length + $0] }
  }

  /// The mean of vectors, each as often as it was used; of vectors that never were the first one.
  private func mean(_ vectors: Range<Int>) -> [Int16] {
    var sums = [Int](repeating: 0, count: length)
    var count = 0
    for vector in vectors where uses(vector) > 0 {
      count += uses(vector)
      for i in 0..<length { sums[i] += uses(vector) * Int(weights[vector * length + i]) }
    }
    guard count > 0 else { return vector(vectors.lowerBound) }
    return sums.map { Int16(truncatingIfNeeded: $0 / count) }
  }
}
