// SPDX-License-Identifier: Apache-2.0

import LSTM
import Platform
import Serialisation

extension TrainedModelFile {
  /// The file's bytes.
  package var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.append(Self.magic)
    writer.append([
      Self.version, UInt8(networks.count), UInt8(ngrams.index.rowBits), UInt8(ngrams.width),
    ])
    writer.append(ngrams.scale.bitPattern)
    writer.append(UInt32(record.count))
    writer.append([UInt8(experts.count), 0, 0, 0])
    for part in experts {
      writer.append([part.contentType, part.networks.code, part.expertSet, 0])
      writer.append(UInt32(part.parameters.count))
    }
    for network in networks {
      writer.append([UInt8(network.layers), UInt8(network.cells / 16), UInt8(network.ngrams), 0])
    }
    for network in networks {
      for moment in network.secondMoments { writer.append(moment.bitPattern) }
    }
    var bytes = writer.bytes
    func append<Element: BitwiseCopyable>(_ buffer: ConstantBuffer<Element>) {
      bytes += [UInt8](repeating: 0, count: -bytes.count & (Self.alignment - 1))
      bytes += UnsafeRawBufferPointer(buffer.values)
    }
    for network in networks {
      for weights in [network.parameters, network.byteEmbeddings] {
        append(weights.values)
        append(weights.scales)
      }
    }
    append(ngrams.index.checks)
    append(ngrams.values)
    append(ngrams.rowScales)
    for part in experts { append(ConstantBuffer(part.parameters)) }
    bytes += record
    return bytes
  }
}
