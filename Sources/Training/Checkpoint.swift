// SPDX-License-Identifier: Apache-2.0

import Contexts
import LSTM
import Platform
import Serialisation

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A training that can be gone on with, as a file: a length, as many bytes of JSON, the checks of the
/// n-gram index if it was not taken from a model, the network's state, and a digest of all that.
struct Checkpoint {
  /// What is in the JSON.
  struct Progress: Codable {
    var plan: TrainingPlan
    /// The digest of the data.
    var data: String
    /// The digest of the model whose table is used, if one is.
    var base: String?
    var byteCount: Int
    var piecesBegun: Int
    var updates: Int
    var lanes: [Trainer.Lane]
  }

  /// Why a checkpoint cannot be gone on with.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Writes a checkpoint under its name only when it is whole.
  static func write(_ progress: Progress, _ network: Network, to path: FileName) throws {
    var bytes: [UInt8] = []
    let json = [UInt8](try JSONEncoder().encode(progress))
    bytes += UInt64(json.count).littleEndianBytes
    bytes += json
    if progress.base == nil, let checks = network.ngramIndex?.checks {
      bytes += UnsafeRawBufferPointer(checks.values)
    }
    network.visitState { bytes += $0 }
    bytes += Digest(of: bytes).value.littleEndianBytes
    try WholeFile.write(bytes, to: path)
  }

  let progress: Progress
  private let bytes: [UInt8]
  private var position: Int

  /// Reads a checkpoint.
  ///
  /// - Throws: ``Failure`` if it is damaged, and what reading it throws.
  init(path: FileName) throws {
    bytes = try WholeFile.read(path)
    let damaged = Failure(description: "the checkpoint is damaged")
    guard bytes.count >= 16 else { throw damaged }
    let digest = bytes.withUnsafeBytes {
      Digest(of: UnsafeRawBufferPointer(rebasing: $0.dropLast(8)))
    }
    guard UInt64(littleEndian: bytes.suffix(8)) == digest.value else { throw damaged }
    let count = UInt64(littleEndian: bytes.prefix(8))
    guard count <= UInt64(bytes.count - 16) else { throw damaged }
    position = 8 + Int(count)
    do {
      progress = try JSONDecoder().decode(Progress.self, from: Data(bytes[8..<position]))
    } catch {
      throw damaged
    }
  }

  /// The n-gram index of `2^rowBits` rows.
  mutating func readIndex(rowBits: Int) throws -> NgramIndex {
    var checks = [UInt16](repeating: 0, count: 1 << rowBits)
    try checks.withUnsafeMutableBytes { try fill($0) }
    return NgramIndex(rowBits: rowBits, checks: ConstantBuffer(checks))
  }

  /// Fills the state of a network, which must be the rest of the checkpoint.
  mutating func readState(of network: Network) throws {
    try network.visitState { try fill($0) }
    guard position == bytes.count - 8 else {
      throw Failure(description: "the checkpoint is of another network")
    }
    network.stateFilled(updates: progress.updates)
  }

  private mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) throws {
    guard buffer.count <= bytes.count - 8 - position else {
      throw Failure(description: "the checkpoint is of another network")
    }
    bytes.withUnsafeBytes {
      let range = position..<position + buffer.count
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[range]))
    }
    position += buffer.count
  }
}
