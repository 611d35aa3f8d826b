// SPDX-License-Identifier: Apache-2.0

import Contexts
import LSTM
import Prediction
import Serialisation
import TrainedModels

/// The settings as a frame's header holds them; `docs/FORMAT.md` specifies the fields.
extension PredictorSettings {
  /// The greatest number of bytes that they may have.
  static let longest = 64

  private static let networkFlag: UInt8 = 1
  private static let expertsFlag: UInt8 = 2
  private static let trainedFlag: UInt8 = 4
  /// Where the number of the set of experts begins.
  private static let expertSetShift: UInt8 = 4
  private static let untrainedFields = 8
  private static let coupledGatesFlag: UInt8 = 1

  /// The bytes.
  var bytes: [UInt8] {
    var flags =
      hasExperts ? Self.expertsFlag | expertSet.rawValue << Self.expertSetShift : 0
    var fields = ByteWriter()
    switch networks {
    case .none, .missing: break
    case .untrained(let network):
      flags |= Self.networkFlag
      fields.append(untrainedBytes(network))
    case .trained(let components, let rates):
      flags |= Self.trainedFlag
      if components.selection != .none {
        flags |= Self.networkFlag
        fields.append([
          components.selection.code << 4 | UInt8(truncatingIfNeeded: lanes.trailingZeroBitCount),
          rates.dense.code, rates.contexts.code,
        ])
      }
      switch components.model.reference {
      case .shipped(let number): fields.append([number])
      case .file(let digest):
        fields.append([0])
        fields.append(digest.value)
      }
    }
    return [flags] + fields.bytes
  }

  /// The shape of an untrained network; nothing for the default one in one lane.
  private func untrainedBytes(_ network: NetworkConfiguration) -> [UInt8] {
    guard network != NetworkConfiguration() || lanes != 1 else { return [] }
    return [
      UInt8(truncatingIfNeeded: network.layers),
      UInt8(truncatingIfNeeded: network.cells / 16),
      network.hasCoupledGates ? Self.coupledGatesFlag : 0,
      UInt8(truncatingIfNeeded: network.longestWindow),
      UInt8(truncatingIfNeeded: network.embeddingRowBits),
      UInt8(truncatingIfNeeded: lanes),
    ] + UInt16(truncatingIfNeeded: network.learningRate).littleEndianBytes
  }

  /// Reads settings.
  ///
  /// - Throws: ``FormatError`` with the code `unsupportedModel` if the bytes describe nothing that this
  ///   version can build, and what looking for a model throws. A model that is not there is ``missing``.
  init(bytes: [UInt8], models: TrainedModelStore) throws {
    var reader = ByteReader(bytes)
    do {
      let flags = try reader.byte()
      let known = Self.networkFlag | Self.expertsFlag | Self.trainedFlag
      guard
        let set = ExpertSet(rawValue: flags >> Self.expertSetShift),
        flags & ~known == set.rawValue << Self.expertSetShift,
        set == .standard || flags & Self.expertsFlag != 0,
        flags & (Self.networkFlag | Self.expertsFlag) != 0
      else { throw Self.unsupported }
      let (hasNetwork, hasExperts) = (flags & Self.networkFlag != 0, flags & Self.expertsFlag != 0)
      var (networks, lanes) = (Networks.none, 1)
      if flags & Self.trainedFlag != 0 {
        (networks, lanes) = try Self.trained(
          &reader, models, hasNetwork: hasNetwork, hasExperts: hasExperts)
      } else if hasNetwork {
        (networks, lanes) = try Self.untrained(reader.bytes(upTo: Self.untrainedFields))
      }
      guard try reader.isAtEnd() else { throw Self.unsupported }
      self.init(
        hasExperts: hasExperts, expertSet: set, networks: networks, lanes: lanes)
    } catch let error as ConfigurationError {
      throw FormatError(.unsupportedModel, "the model is not supported: \(error.message)")
    } catch let error as FormatError where [.truncated, .corruptHeader].contains(error.code) {
      throw Self.unsupported
    }
  }

  private static let unsupported = FormatError(
    .unsupportedModel, "the model is not supported by this version")

  private static func trained(
    _ reader: inout ByteReader, _ models: TrainedModelStore, hasNetwork: Bool, hasExperts: Bool
  ) throws -> (Networks, lanes: Int) {
    let fields = try reader.bytes(count: hasNetwork ? 3 : 0)
    let number = try reader.byte()
    let reference: TrainedModelReference =
      number == 0
      ? .file(Digest(value: UInt64(littleEndian: try reader.bytes(count: 8)))) : .shipped(number)
    guard let model = try models.model(reference) else { return (.missing(reference), 1) }
    guard hasNetwork else {
      return (.trained(TrainedComponents(model, .none), .standard), 1)
    }
    let selection = NetworkSelection(code: fields[0] >> 4)
    let isThere =
      switch selection {
      case .none: false
      case .one(let index): index < model.file.networks.count
      case .all: hasExperts
      }
    guard isThere else { throw unsupported }
    let components = TrainedComponents(model, selection)
    let lanes = 1 << Int(fields[0] & 15)
    for var network in components.configurations {
      network.lanes = lanes
      try network.validate()
    }
    let rates = LearningRates(dense: RateCode(code: fields[1]), contexts: RateCode(code: fields[2]))
    return (.trained(components, rates), lanes)
  }

  private static func untrained(_ fields: [UInt8]) throws -> (Networks, lanes: Int) {
    var network = NetworkConfiguration()
    if fields.isEmpty { return (.untrained(network), 1) }
    guard fields.count == untrainedFields, fields[2] & ~coupledGatesFlag == 0 else {
      throw unsupported
    }
    network.layers = Int(fields[0])
    network.cells = 16 * Int(fields[1])
    network.hasCoupledGates = fields[2] == coupledGatesFlag
    network.longestWindow = Int(fields[3])
    network.embeddingRowBits = Int(fields[4])
    network.lanes = Int(fields[5])
    network.learningRate = Int(UInt16(littleEndian: fields[6...]))
    try network.validate()
    let lanes = network.lanes
    network.lanes = 1
    return (.untrained(network), lanes)
  }
}
