// SPDX-License-Identifier: Apache-2.0

import TestSupport

@testable import Training

/// A training small enough for debug builds.
extension Samples {
  /// Files of several sizes, one of them shorter than a window, one longer than a piece.
  static let files: [[UInt8]] = [5000, 3, 40_000, 2048, 11_000, 0, 16, 6000].enumerated().map {
    mixed(count: $1, seed: UInt64($0 + 1))
  }

  static let data = TrainingData(files: files, windowSteps: 16)

  /// More than one pass, in several segments.
  static let plan: TrainingPlan = {
    var plan = TrainingPlan(layers: 1, cells: 16, byteBudget: 70_000)
    plan.ngramRowBits = 10
    plan.lanes = 4
    plan.windowSteps = 16
    return plan
  }()
}
