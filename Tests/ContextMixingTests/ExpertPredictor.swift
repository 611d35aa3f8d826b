// SPDX-License-Identifier: Apache-2.0

import CMixing
import ContextMixing
import Contexts

/// The contexts and the mixer that reads them, driven bit by bit as a predictor of archives does.
final class ExpertPredictor {
  let contexts: ContextModel
  let mixer: ContextMixer

  init(_ configuration: ContextConfiguration) {
    contexts = ContextModel(configuration)
    mixer = ContextMixer(contexts)
  }

  init(_ configuration: ContextConfiguration, kernels: cmixing_kernels) {
    contexts = ContextModel(configuration)
    mixer = ContextMixer(contexts, kernels: kernels)
  }

  func probability() -> UInt32 { mixer.probability() }

  func update(bit: Bool) {
    contexts.partialByte.pointee.append(bit)
    guard contexts.partialByte.pointee.isComplete else { return mixer.update(bit: bit) }
    contexts.endByte()
    mixer.finishByte(bit: bit)
    contexts.advance()
    mixer.startByte()
  }

  /// Learns bytes without coding them.
  func learn(_ bytes: [UInt8]) {
    for byte in bytes {
      for i in (0..<8).reversed() {
        _ = probability()
        update(bit: byte >> UInt8(i) & 1 == 1)
      }
    }
  }
}

extension ContextModel {
  /// Takes in a byte of the lane whose turn it is.
  func append(_ byte: UInt8) {
    for i in (0..<8).reversed() { partialByte.pointee.append(byte >> UInt8(i) & 1 == 1) }
    endByte()
  }
}
