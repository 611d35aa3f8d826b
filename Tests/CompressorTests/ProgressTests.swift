// SPDX-License-Identifier: Apache-2.0

import LSTMArchive
import TestSupport
import Testing

/// What is told of progress inside a frame.
@Suite struct ProgressTests {
  @Test(arguments: [1, 2])
  func framesReportBothSizes(threads: Int) throws {
    let content = Samples.text(120_000) + Samples.random(120_000)
    var compressor = Compressor(level: .fast)
    compressor.threads = threads
    var archive: [UInt8] = []
    var reports: [CompressionProgress] = []
    try compressor.compress(
      from: pieces(content), to: { archive += $0 }, report: { reports.append($0) })
    try check(reports, content: content.count, archive: archive.count)
    var restored: [UInt8] = []
    reports = []
    var decompressor = Decompressor()
    decompressor.threads = threads
    try decompressor.decompress(
      from: pieces(archive), to: { restored += $0 }, report: { reports.append($0) })
    #expect(restored.count == content.count)
    try check(reports, content: content.count, archive: archive.count)
  }

  private func pieces(_ bytes: [UInt8]) -> (Int) -> [UInt8] {
    var rest = bytes[...]
    return { limit in
      defer { rest = rest.dropFirst(limit) }
      return Array(rest.prefix(limit))
    }
  }

  private func check(_ reports: [CompressionProgress], content: Int, archive: Int) throws {
    let last = try #require(reports.last)
    #expect(last.contentBytes == content && last.archiveBytes == archive)
    let inside = reports.filter { (1..<content).contains($0.contentBytes) }
    #expect(inside.contains { (1..<archive).contains($0.archiveBytes) })
    for (first, second) in zip(reports, reports.dropFirst()) {
      #expect(first.contentBytes <= second.contentBytes)
      #expect(first.archiveBytes <= second.archiveBytes)
    }
  }
}
