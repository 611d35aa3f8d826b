// SPDX-License-Identifier: Apache-2.0

import LSTMArchive
import Foundation
import Lab

// lstm-lab NAME|all [FOLDER]: runs an experiment, prints its table and writes its pictures to FOLDER.

/// The text of the eighth experiment, which lstmzip's levels compress too.
func compression() throws -> Report {
  let text = try Array(Data(contentsOf: URL(fileURLWithPath: "corpus/samples/essay.txt")))
  let archives = try [Level.fast, .standard, .best].map {
    ("lstmzip -\($0.rawValue)", try Compressor(level: $0).compress(text).count)
  }
  return Compression.report(text, archives: archives)
}

let experiments: [(name: String, run: () throws -> Report)] = [
  ("steps", Steps.report),
  ("timer", Timer.report),
  ("tied-weights", TiedWeights.report),
  ("initial-state", InitialState.report),
  ("surface", Surface.report),
  ("memory-cell", MemoryCell.report),
  ("adding", Adding.report),
  ("compression", compression),
  ("handwriting", Handwriting.report),
]

let arguments = CommandLine.arguments.dropFirst()
let chosen = experiments.filter { arguments.first == $0.name || arguments.first == "all" }
guard !chosen.isEmpty, arguments.count <= 2 else {
  print("usage: lstm-lab NAME|all [FOLDER]\nNAME is one of:")
  for experiment in experiments { print("  \(experiment.name)") }
  exit(64)
}
let folder = URL(fileURLWithPath: arguments.count == 2 ? arguments[2] : "docs/recurrent")
do {
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  for experiment in chosen {
    print("\n\(experiment.name)")
    let begin = Date()
    let report = try experiment.run()
    for line in report.lines { print("  \(line)") }
    for picture in report.pictures {
      try picture.content.write(
        to: folder.appendingPathComponent(picture.name), atomically: true, encoding: .utf8)
    }
    FileHandle.standardError.write(
      Data("  \(Int(Date().timeIntervalSince(begin).rounded())) s\n".utf8))
  }
} catch {
  FileHandle.standardError.write(Data("lstm-lab: \(error)\n".utf8))
  exit(1)
}
