// SPDX-License-Identifier: Apache-2.0

import Serialisation
import Foundation
import LSTM
import Testing
import Training

/// Archives and models through the program.
@Suite(.serialized) struct ModelTests {
  private static let bytes: [UInt8] = train(seed: 1)
  private static let otherBytes: [UInt8] = train(seed: 2)
  private static let text = Array(
    "the gate lets the cell keep what it keeps\nthe cell keeps what the gate lets it keep\n".utf8)
  private static let lessons = Array(
    String(repeating: "the cell keeps what the gate lets it keep\n", count: 60).utf8)

  private static func train(seed: UInt64) -> [UInt8] {
    do {
      var plan = TrainingPlan(layers: 1, cells: 16, byteBudget: 8000)
      plan.lanes = 4
      plan.windowSteps = 16
      plan.ngramRowBits = 6
      plan.seed = seed
      let trainer = try Trainer(
        plan: plan, data: TrainingData(files: [lessons], windowSteps: plan.windowSteps), base: nil,
        threads: 1, checkpoint: nil)
      while !trainer.isDone { trainer.advance() }
      return try trainer.model(losses: [:]).bytes
    } catch {
      preconditionFailure("a training of a sample: \(error)")
    }
  }

  private static func digest(_ bytes: [UInt8]) -> String {
    Digest(of: bytes).description
  }

  /// A folder with a text, the model as a file, and in a folder by its digest.
  private func prepare() throws -> CommandLineRun {
    let run = try CommandLineRun()
    try run.write("a", Self.text)
    try run.write("m", Self.bytes)
    try FileManager.default.createDirectory(
      atPath: run.path("models"), withIntermediateDirectories: true)
    try run.write("models/\(Self.digest(Self.bytes)).lstmmodel", Self.bytes)
    return run
  }

  /// No models but those that a test names.
  private func environment(_ run: CommandLineRun, models: String = "") -> [String: String] {
    ["LSTMZIP_MODELS": models, "HOME": run.path(""), "XDG_DATA_HOME": run.path("none")]
  }

  @Test func modelsAreFoundByFileAndByDigest() throws {
    let run = try prepare()
    let digest = Self.digest(Self.bytes)
    let alone = environment(run)
    let folder = environment(run, models: "\(run.path("nowhere")):\(run.path("models"))")
    let options = ["-2", "--no-experts", "-c"]
    let archive = try run.run(
      ["compress", "--model", "m"] + options + ["a"], environment: alone)
    #expect(archive.status == 0 && archive.output.count < Self.text.count)
    for name in [digest, digest.uppercased()] {
      let same = try run.run(
        ["compress", "--model", name] + options + ["a"], environment: folder)
      #expect(same.status == 0 && same.output == archive.output, "\(same.errors)")
    }
    try run.write("a.lstm", archive.output)
    #expect(try run.run("decompress", "-c", "a.lstm", environment: folder).output == Self.text)
    for name in ["m", digest] {
      let restored = try run.run(
        ["decompress", "--model", name, "-c", "a.lstm"],
        environment: name == "m" ? alone : folder)
      #expect(restored.output == Self.text, "\(restored.errors)")
    }
    // In the user's own folder.
    let own = run.path("data/lstmzip/models")
    try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
    try run.write("data/lstmzip/models/\(digest).lstmmodel", Self.bytes)
    #if !os(macOS)
      let user = alone.merging(["XDG_DATA_HOME": run.path("data")]) { $1 }
      #expect(try run.run("decompress", "-c", "a.lstm", environment: user).output == Self.text)
    #endif
    #expect(try run.run("test", "--model", "m", "a.lstm", environment: alone).status == 0)
  }

  @Test func missingModelsAreNamed() throws {
    let run = try prepare()
    let digest = Self.digest(Self.bytes)
    let archive = try run.run(
      "compress", "--model", "m", "-2", "--no-experts", "-c", "a", environment: environment(run))
    try run.write("b.lstm", archive.output)
    let names = run.names
    try run.write("other", Self.otherBytes)
    for options in [[], ["--model", "other"]] {
      let result = try run.run(
        ["decompress"] + options + ["b.lstm"], environment: environment(run))
      #expect(result.status == 1 && result.output.isEmpty)
      #expect(result.errors.hasPrefix("lstmzip: b.lstm: ") && result.errors.contains(digest))
      #expect(result.errors.split(separator: "\n").count == 1)
    }
    #expect(run.names == (names + ["other"]).sorted())
    let info = try run.run("info", "b.lstm", environment: environment(run))
    #expect(info.status == 0)
    let line = String(decoding: info.output, as: UTF8.self)
    #expect(line.contains("model \(digest), missing") && line.contains(" \(Self.text.count) "))
    let known = try run.run("info", "--model", "m", "b.lstm", environment: environment(run))
    #expect(String(decoding: known.output, as: UTF8.self).contains("1x16@model \(digest)"))
  }

  /// A file that has the name of another model.
  @Test func renamedModelsAreRefused() throws {
    let run = try prepare()
    let digest = Self.digest(Self.bytes)
    let archive = try run.run(
      "compress", "--model", "m", "-2", "--no-experts", "-c", "a", environment: environment(run))
    try run.write("b.lstm", archive.output)
    try run.write("models/\(digest).lstmmodel", Self.otherBytes)
    let folder = environment(run, models: run.path("models"))
    for arguments in [["decompress", "-c", "b.lstm"], ["compress", "--model", digest, "-c", "a"]] {
      let result = try run.run(arguments, environment: folder)
      #expect(result.status == 1 && result.output.isEmpty)
      #expect(result.errors.contains("its digest is not its name"), "\(result.errors)")
    }
    try run.write("models/\(digest).lstmmodel", Array(Self.bytes.dropLast()))
    let cut = try run.run("decompress", "-c", "b.lstm", environment: folder)
    #expect(cut.status == 1 && cut.errors.contains("the model file is not valid"))
    let none = try run.run("compress", "--model", "none", "-c", "a", environment: folder)
    #expect(none.status == 1 && none.errors.contains("none: "))
    let wrong = try run.run("compress", "--model", "a", "-c", "a", environment: folder)
    #expect(wrong.status == 1 && wrong.errors.contains("it is not a model file"))
  }

  @Test func instructionSetsMakeTheSameArchive() throws {
    let run = try prepare()
    let arguments = ["compress", "--model", "m", "-2", "-c", "a"]
    let expected = try run.run(arguments, environment: environment(run))
    #expect(expected.status == 0)
    for name in ["portable", "avx2", "avx512", "neon"] {
      let result = try run.run(
        arguments, environment: environment(run).merging(["LSTMZIP_SIMD": name]) { $1 })
      #expect(result.status == 1 || result.output == expected.output)
      #expect(name != "portable" || result.status == 0)
    }
    try run.write("b.lstm", expected.output)
    let restored = try run.run(
      "decompress", "--model", "m", "-c", "b.lstm",
      environment: environment(run).merging(["LSTMZIP_SIMD": "portable"]) { $1 })
    #expect(restored.output == Self.text)
  }
}
