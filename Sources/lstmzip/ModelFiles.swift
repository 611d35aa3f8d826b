import ArgumentParser
import Compressor
import Foundation
import LSTM

/// Where trained models are, besides the shipped ones.
struct ModelOptions: ParsableArguments {
  @Option(
    help: """
      A trained model, to use or, if an archive names it, to find: a file, or the digest of one in a \
      folder of LSTMZIP_MODELS or the user's data folder.
      """)
  var model: String?

  /// The model that was asked for, if one was.
  ///
  /// - Throws: What reading it throws, with its name.
  func prior() throws -> Prior? {
    guard let model else { return nil }
    let isDigest = model.count == 16 && model.allSatisfy(\.isHexDigit)
    let path = isDigest ? ModelFiles.path(of: model) ?? model : model
    return try ModelFiles.read(path)
  }

  /// The shipped models, the one that was asked for, and those in the folders.
  func store() throws -> PriorStore {
    let chosen = try prior()
    return PriorStore { digest in
      if let chosen, chosen.reference == .file(digest) { return chosen }
      guard let path = ModelFiles.path(of: "\(digest)") else { return nil }
      let prior = try ModelFiles.read(path)
      guard prior.reference == .file(digest) else {
        throw FileError("\(path): the model file is damaged: its digest is not its name")
      }
      return prior
    }
  }
}

/// Model files by their digests.
enum ModelFiles {
  static let suffix = ".lstmmodel"

  /// The folders that are searched: those of LSTMZIP_MODELS, separated by colons, then the user's.
  static var folders: [String] {
    let named = ProcessInfo.processInfo.environment["LSTMZIP_MODELS"] ?? ""
    return named.split(separator: ":").map(String.init) + [userFolder]
  }

  /// The folder for the user's own models.
  static var userFolder: String {
    let environment = ProcessInfo.processInfo.environment
    #if os(macOS)
      let data = NSHomeDirectory() + "/Library/Application Support"
    #else
      let data =
        environment["XDG_DATA_HOME"].flatMap { $0.isEmpty ? nil : $0 }
        ?? (environment["HOME"] ?? "/") + "/.local/share"
    #endif
    return data + "/lstmzip/models"
  }

  /// The file of the model with the given digest.
  static func path(of digest: String) -> String? {
    folders.map { $0 + "/" + digest + suffix }.first(where: FileManager.default.fileExists)
  }

  /// Reads a model.
  static func read(_ path: String) throws -> Prior {
    do {
      let content = try InputFile(path).readAll()
      return try Prior(ConstantBuffer(content))
    } catch {
      throw FileError("\(path): \(error)")
    }
  }
}
