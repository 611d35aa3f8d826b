import ArgumentParser
import LSTMArchive

struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Print what the headers of archives say, without restoring them.")

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var modelFiles: ModelOptions
  @OptionGroup var messages: MessageOptions

  @Argument(help: "Archives to look at; - is standard input.")
  var files: [String]

  private struct Row: Encodable {
    var name: String
    var frames: Int
    var contentBytes: Int
    var archiveBytes: Int
    var storedBytes: Int
    var requiredMemory: Int
    var models: [String]
  }

  func run() throws {
    var rows: [Row] = []
    let store = try modelFiles.store()
    if !json {
      Standard.print("frames      content      archive   ratio   memory  model         name")
    }
    let outcome = FileLoop(messages: messages).outcome(files) { file in
      let summary = try ArchiveSummary(from: InputFile(file).read, models: store)
      let row = Row(
        name: file, frames: summary.frames, contentBytes: summary.contentBytes,
        archiveBytes: summary.archiveBytes, storedBytes: summary.storedBytes,
        requiredMemory: summary.requiredBytes,
        models: summary.predictors + summary.missingModels.map { "\($0), missing" })
      rows.append(row)
      if !json { Standard.print(Self.line(row)) }
    }
    if json { try Standard.printJSON(["files": rows]) }
    try outcome.exit()
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
