// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import LSTMArchive
import Platform
import Serialisation
import TrainedModels

/// Where trained models are, besides the shipped ones.
struct ModelOptions: ParsableArguments {
  @Option(
    help: """
      A trained model, to use or, if an archive names it, to find: a file, or the digest of one in a \
      folder of LSTMZIP_MODELS or the user's data folder.
      """)
  var model: FileName?

  /// The model that was asked for, if one was.
  ///
  /// - Throws: What reading it throws, with its name.
  func chosen() throws -> Model? {
    guard let model else { return nil }
    guard model.bytes.count == 16, let value = UInt64("\(model)", radix: 16) else {
      return try ModelFiles.read(model)
    }
    return try ModelFiles.model(Digest(value: value)) ?? ModelFiles.read(model)
  }

  /// The shipped models, the one that was asked for, and those in the folders.
  func store() throws -> TrainedModelStore {
    let chosen = try chosen()?.trained
    return TrainedModelStore { digest in
      if let chosen, chosen.reference == .file(digest) { return chosen }
      return try ModelFiles.model(digest)?.trained
    }
  }
}

/// Model files by their digests.
enum ModelFiles {
  static let suffix = ".lstmmodel"

  /// The folders that are searched: those of LSTMZIP_MODELS, separated by colons, then the user's.
  static var folders: [FileName] { Environment.names("LSTMZIP_MODELS") + [userFolder] }

  /// The folder for the user's own models.
  static var userFolder: FileName {
    let home = Environment.path("HOME") ?? FileName("/")
    #if os(macOS)
      let data = home.appending("/Library/Application Support")
    #else
      let data = Environment.path("XDG_DATA_HOME") ?? home.appending("/.local/share")
    #endif
    return data.appending("/lstmzip/models")
  }

  /// The model with the given digest, if a folder has a file of its name.
  ///
  /// - Throws: ``FileError`` if the file cannot be read or is another model.
  static func model(_ digest: Digest) throws -> Model? {
    let paths = folders.map { $0.appending("/\(digest)\(suffix)") }
    guard let path = paths.first(where: FileSystem.exists) else { return nil }
    let model = try read(path)
    guard model.trained.reference == .file(digest) else {
      throw FileError("\(path): the model file is damaged: its digest is not its name")
    }
    return model
  }

  /// Reads a model.
  static func read(_ path: FileName) throws -> Model {
    do {
      return try Model(InputFile(path).readAll())
    } catch {
      throw FileError("\(path): \(error)")
    }
  }
}
