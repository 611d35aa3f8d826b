// SPDX-License-Identifier: Apache-2.0

import Contexts
import LSTM

extension Trainer {
  /// The mean cost of a byte of other files, in bits, of the network as it is, without learning.
  ///
  /// - Parameter files: They are predicted side by side, each from its start.
  package func validate(_ files: [[UInt8]], bytesPerFile: Int = 1 << 14) -> Double {
    var saved: [[UInt8]] = []
    network.visitLaneStates { saved.append([UInt8]($0)) }
    defer {
      var index = 0
      network.visitLaneStates {
        $0.copyBytes(from: saved[index])
        index += 1
      }
      network.learns = true
    }
    network.learns = false
    var cost = 0.0
    var count = 0
    let batch = LaneBatch(lanes: plan.lanes)
    for first in stride(from: 0, to: files.count, by: plan.lanes) {
      let group = files[first..<min(first + plan.lanes, files.count)]
      var hashers = Array(repeating: NgramHasher(), count: plan.lanes)
      for lane in 0..<plan.lanes {
        network.resetState(lane: lane)
        batch.lastBytes[lane] = 0
      }
      let longest = min(bytesPerFile, group.map(\.count).max() ?? 0)
      let steps = (longest + plan.windowSteps - 1) / plan.windowSteps * plan.windowSteps
      for position in 0..<steps {
        for lane in 0..<plan.lanes {
          batch.fill(lane: lane, from: hashers[lane])
        }
        network.predict(after: batch.lastBytes, contexts: batch.hashes, ngrams: batch.hashes)
        for (lane, file) in group.enumerated() where position < min(file.count, bytesPerFile) {
          let byte = file[position]
          cost += batch.cost(of: network.probabilities(lane: lane)[Int(byte)])
          count += 1
          hashers[lane].append(byte)
          batch.lastBytes[lane] = byte
        }
        network.learn(batch.lastBytes)
      }
    }
    return cost / Double(max(count, 1))
  }
}
