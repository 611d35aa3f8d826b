// SPDX-License-Identifier: Apache-2.0

import LSTMArchive
import TrainedModels

/// One row of `lstmzip bench`: the keys of its JSON are part of the command line's interface.
struct BenchmarkResult: Encodable {
  var name: String
  var bytes: Int
  var zlibBytes: Int
  var lstmzipBytes: Int
  var bitsPerByte: Double
  var compressKBps: Double
  var decompressKBps: Double
  /// Whether the restored content equals the original.
  var exact: Bool

  private var levelNumber = 0
  private var compressSeconds = 0.0
  private var decompressSeconds = 0.0

  enum CodingKeys: CodingKey {
    case name, bytes, zlibBytes, lstmzipBytes, bitsPerByte, compressKBps, decompressKBps, exact
  }

  static let heading =
    "       bytes       zlib    lstmzip  zlib/lstmzip  bits/byte  KB/s in  KB/s out  exact  level  name"

  /// Compresses and restores `content`.
  init(
    measuring content: [UInt8], level: LevelChoice, models: TrainedModelStore, threads: Int,
    name: String
  ) throws {
    let clock = ContinuousClock()
    var archive: [UInt8] = []
    var restored: [UInt8] = []
    var compressor = level.compressor
    compressor.threads = threads
    var decompressor = Decompressor()
    decompressor.threads = threads
    decompressor.models = models
    let compressing = try clock.measure { archive = try compressor.compress(content) }
    let decompressing = try clock.measure { restored = try decompressor.decompress(archive) }
    self.init(
      name: name, level: level.number, bytes: content.count,
      zlibBytes: ZlibBaseline.size(of: content),
      lstmzipBytes: archive.count, exact: restored == content,
      compressSeconds: compressing / .seconds(1), decompressSeconds: decompressing / .seconds(1))
  }

  /// The sums of all rows.
  init(totalOf rows: [BenchmarkResult], level: LevelChoice) {
    self.init(
      name: "total", level: level.number, bytes: rows.map(\.bytes).reduce(0, +),
      zlibBytes: rows.map(\.zlibBytes).reduce(0, +),
      lstmzipBytes: rows.map(\.lstmzipBytes).reduce(0, +), exact: rows.allSatisfy(\.exact),
      compressSeconds: rows.map(\.compressSeconds).reduce(0, +),
      decompressSeconds: rows.map(\.decompressSeconds).reduce(0, +))
  }

  private init(
    name: String, level: Int, bytes: Int, zlibBytes: Int, lstmzipBytes: Int, exact: Bool,
    compressSeconds: Double, decompressSeconds: Double
  ) {
    self.name = name
    levelNumber = level
    self.bytes = bytes
    self.zlibBytes = zlibBytes
    self.lstmzipBytes = lstmzipBytes
    self.exact = exact
    self.compressSeconds = compressSeconds
    self.decompressSeconds = decompressSeconds
    bitsPerByte = bytes > 0 ? Double(lstmzipBytes) * 8 / Double(bytes) : 0
    compressKBps = compressSeconds > 0 ? Double(bytes) / compressSeconds / 1000 : 0
    decompressKBps = decompressSeconds > 0 ? Double(bytes) / decompressSeconds / 1000 : 0
  }

  var line: String {
    let ratio = lstmzipBytes > 0 ? Double(zlibBytes) / Double(lstmzipBytes) : 0
    let columns = [
      Format.whole(bytes, width: 12), Format.whole(zlibBytes, width: 10),
      Format.whole(lstmzipBytes, width: 10), Format.fixed(ratio, decimals: 3, width: 13),
      Format.fixed(bitsPerByte, decimals: 3, width: 10),
      Format.fixed(compressKBps, decimals: 1, width: 8),
      Format.fixed(decompressKBps, decimals: 1, width: 9),
    ]
    return columns.joined(separator: " ") + (exact ? "  yes  " : "  NO   ")
      + "     \(levelNumber)  " + name
  }
}
