// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Content
import LSTMArchive
import Platform
import TrainedModels

struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Print what the headers of archives say, without restoring them.",
    aliases: ["list"])

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var modelFiles: ModelOptions
  @OptionGroup var suffix: SuffixOptions
  @OptionGroup var inputs: InputOptions
  @OptionGroup var messages: MessageOptions

  @Argument(help: "Archives to look at; - is standard input.")
  var files: [FileName] = []

  func validate() throws {
    try inputs.validate(files)
  }

  func run() throws {
    let names = try inputs.names(files) { $0.hasSuffix(suffix.suffix) }
    try ArchiveList(isJSON: json, models: modelFiles.store(), messages: messages).run(names)
  }
}

/// Prints a line for each archive.
struct ArchiveList {
  let isJSON: Bool
  let models: TrainedModelStore
  let messages: MessageOptions

  private struct Row: Encodable {
    var name: String
    var frames: Int
    var contentBytes: Int
    var archiveBytes: Int
    var storedBytes: Int
    var requiredMemory: Int
    var models: [String]
    var modelFrames: [Frame]
  }

  /// A frame with a model.
  private struct Frame: Encodable {
    var contentBytes: Int
    var archiveBytes: Int
    var parts: [Part]
  }

  /// A part of a frame, as it is when packed streams are unpacked.
  private struct Part: Encodable {
    var offset: Int
    var bytes: Int
    var type: String
    var recordLength: Int
    var group: Int
    var unpacked: [String]
  }

  /// Ends with exit code 1 if one of them cannot be read.
  func run(_ names: InputNames) throws {
    var rows: [Row] = []
    if !isJSON {
      Standard.print("frames      content      archive   ratio   memory  model         name")
    }
    let outcome = FileLoop(messages: messages).outcome(names) { file in
      let input = try InputFile(file)
      // Of a file the headers are enough.
      let summary =
        try input.randomAccess.map { try ArchiveSummary(from: $0, models: models) }
        ?? ArchiveSummary(from: input.read, models: models)
      let row = Row(
        name: "\(file)", frames: summary.frames, contentBytes: summary.contentBytes,
        archiveBytes: summary.archiveBytes, storedBytes: summary.storedBytes,
        requiredMemory: summary.requiredBytes,
        models: summary.predictors + summary.missingModels.map { "\($0), missing" },
        modelFrames: summary.modelFrames.map(Self.frame))
      rows.append(row)
      guard !isJSON else { return }
      Standard.print(Self.line(row))
      if messages.verbose { row.modelFrames.forEach(Self.printParts) }
    }
    if isJSON { try Standard.printJSON(["files": rows]) }
    try outcome.exit()
  }

  private static func frame(_ frame: ArchiveSummary.FrameSummary) -> Frame {
    Frame(
      contentBytes: frame.contentBytes, archiveBytes: frame.dataBytes,
      parts: frame.parts.map {
        Part(
          offset: $0.range.lowerBound, bytes: $0.range.count, type: "\($0.description.type)",
          recordLength: $0.description.recordLength, group: $0.group, unpacked: $0.transforms)
      })
  }

  private static func printParts(_ frame: Frame) {
    Standard.print("  frame of \(frame.contentBytes) bytes, \(frame.archiveBytes) in the archive")
    Standard.print("      offset        bytes  group  type     record  unpacked")
    for part in frame.parts {
      Standard.print(
        Format.whole(part.offset, width: 12) + " " + Format.whole(part.bytes, width: 12)
          + Format.whole(part.group, width: 7) + "  " + Format.padded(part.type, to: 7, on: .right)
          + Format.whole(part.recordLength, width: 8) + "  "
          + part.unpacked.joined(separator: ", "))
    }
  }

  private static func line(_ row: Row) -> String {
    let ratio = row.archiveBytes > 0 ? Double(row.contentBytes) / Double(row.archiveBytes) : 0
    let models = row.models.isEmpty ? "stored" : row.models.joined(separator: ",")
    let columns = [
      Format.whole(row.frames, width: 6), Format.whole(row.contentBytes, width: 12),
      Format.whole(row.archiveBytes, width: 12), Format.fixed(ratio, decimals: 3, width: 7),
      Format.whole(row.requiredMemory >> 20, width: 4),
    ]
    return columns.joined(separator: " ") + " MiB  "
      + Format.padded(models, to: 12, on: .right) + "  " + row.name
  }
}
