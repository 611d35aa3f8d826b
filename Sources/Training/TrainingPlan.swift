// SPDX-License-Identifier: Apache-2.0

import Contexts
import LSTM
import TrainedModels

/// What a training is to do: with the data and the program's version this decides the model, to the
/// last bit.
package struct TrainingPlan: Codable, Hashable, Sendable {
  /// Layers of the network.
  package var layers: Int
  /// Cells of a layer.
  package var cells: Int
  /// Numbers of an n-gram's row.
  package var ngramWidth = 16
  /// The binary logarithm of the number of rows.
  package var ngramRowBits = 21
  /// Contents that are learned from side by side.
  package var lanes = 8
  /// Steps of a window.
  package var windowSteps = TrainingPlan.standardWindowSteps
  /// The greatest learning rate: it rises over the first hundredth of the bytes and falls linearly
  /// after that.
  package var learningRate: Float = 0.004
  /// The part of the learning rate that is left at the end.
  package var finalRateShare: Float = 0.05
  /// Bytes to learn from, in as many passes over the data as that takes.
  package var byteBudget: Int
  /// Decides the order of the data and the initial weights.
  package var seed: UInt64 = 1
  /// The place, from 0, of the base model's network that is trained further, or grown to another one
  /// if it has fewer cells; nil for a network that starts from nothing.
  package var start: Int?

  /// Steps of a window unless a plan says otherwise.
  package static let standardWindowSteps = 64

  /// A plan for a network of the given shape.
  package init(layers: Int, cells: Int, byteBudget: Int) {
    self.layers = layers
    self.cells = cells
    self.byteBudget = byteBudget
  }

  /// The network that is trained.
  ///
  /// It has no context embeddings: those start from zero in each content.
  func configuration(width: Int?) -> NetworkConfiguration {
    var configuration = NetworkConfiguration()
    configuration.layers = layers
    configuration.cells = cells
    configuration.contexts = 0
    configuration.lanes = lanes
    configuration.longestWindow = windowSteps
    configuration.ngrams = NgramHasher.contextCount
    configuration.ngramWidth = width ?? ngramWidth
    return configuration
  }

  /// Why a plan cannot be followed.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Checks what the network's configuration does not.
  func validate(data: TrainingData, base: TrainedModelFile?) throws {
    guard NgramIndex.rowBitsRange.contains(ngramRowBits) else {
      throw Failure(
        description: "the logarithm of the n-gram rows, \(ngramRowBits), is not between "
          + "\(NgramIndex.rowBitsRange.lowerBound) and \(NgramIndex.rowBitsRange.upperBound)")
    }
    guard data.windowSteps == windowSteps else {
      throw Failure(description: "the data was cut for windows of other steps")
    }
    if let start {
      guard let networks = base?.networks, networks.indices.contains(start) else {
        throw Failure(description: "the base model has no network \(start + 1)")
      }
      guard networks[start].layers == layers, networks[start].cells <= cells else {
        throw Failure(
          description: "network \(start + 1) of the base model, "
            + "\(networks[start].layers) x \(networks[start].cells), cannot become "
            + "\(layers) x \(cells)")
      }
    }
    guard
      data.pieces.isEmpty || place(base: base) < TrainedModelFile.greatestNetworkCount
    else {
      throw Failure(
        description: "a model has no more than \(TrainedModelFile.greatestNetworkCount) networks")
    }
    try configuration(width: base?.ngrams.width).validate()
  }

  /// The place of the network in the model: that of the one which it goes on with, or a new one.
  func place(base: TrainedModelFile?) -> Int {
    let networks = base?.networks ?? []
    guard let start, networks[start].cells == cells else { return networks.count }
    return start
  }

  /// The learning rate after `bytes` bytes.
  func rate(after bytes: Int) -> Float {
    let progress = Float(bytes) / Float(max(byteBudget, 1))
    let rise = min(1, progress * 100 + 0.01)
    let fall = 1 - (1 - finalRateShare) * min(progress, 1)
    return learningRate * rise * fall
  }
}
