// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Platform

/// Where the names of the inputs come from, besides the arguments.
struct InputOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Take the files in folders, and in those below them.")
  var recursive = false

  @Option(
    help: "Take names from FILE too, a line each; - is standard input.",
    completion: .file())
  var filesFrom: FileName?

  @Option(
    name: .customLong("files-from0"),
    help: "The same with a zero byte after each name, as find -print0 writes them.",
    completion: .file())
  var filesFromZero: FileName?

  private var hasList: Bool { filesFrom != nil || filesFromZero != nil }

  func validate() throws {
    if filesFrom == InputFile.standardInput && filesFromZero == InputFile.standardInput {
      throw ValidationError("--files-from and --files-from0 cannot both read standard input.")
    }
  }

  /// Checks that there is something to work on.
  func validate(_ files: [FileName]) throws {
    guard !files.isEmpty || hasList else {
      throw ValidationError("Missing expected argument '<files> ...'")
    }
    let lists = [filesFrom, filesFromZero]
    if files.contains(InputFile.standardInput) && lists.contains(InputFile.standardInput) {
      throw ValidationError("standard input has names already, and cannot be an input too.")
    }
  }

  /// Whether there may be more inputs than the arguments name.
  var mayAddNames: Bool { hasList || recursive }

  /// All inputs.
  ///
  /// - Parameters:
  ///   - files: The names that the arguments give.
  ///   - standard: What is taken if neither arguments nor options name anything.
  ///   - isWanted: Whether a file in a folder is taken.
  func names(
    _ files: [FileName], standard: [FileName] = [], isWanted: (FileName) -> Bool
  ) throws -> InputNames {
    var names = files
    for (list, end) in [(filesFrom, UInt8(ascii: "\n")), (filesFromZero, 0)] {
      guard let list else { continue }
      names += try InputNames.read(list, end: end)
    }
    if files.isEmpty && !hasList { names = standard }
    return recursive ? InputNames(below: names, isWanted: isWanted) : InputNames(names: names)
  }
}

/// The inputs of a command.
struct InputNames {
  /// The inputs, in order.
  private(set) var names: [FileName] = []
  /// Folders that cannot be read, and why.
  private(set) var failures: [(name: FileName, error: any Error)] = []

  init(names: [FileName]) {
    self.names = names
  }

  /// Takes files, and for each folder the regular files below it, by their names.
  init(below names: [FileName], isWanted: (FileName) -> Bool) {
    for name in names {
      guard name != InputFile.standardInput, FileSystem.isFolder(name) else {
        self.names.append(name)
        continue
      }
      do {
        self.names += try FileTree.regularFiles(below: name).filter {
          isWanted($0)
            && !$0.lastComponent.bytes.starts(with: OutputFile.temporaryPrefix.utf8)
        }
      } catch {
        failures.append((name, error))
      }
    }
  }

  /// The names that a file lists; empty ones are none.
  ///
  /// - Parameter end: The byte after a name.
  static func read(_ list: FileName, end: UInt8) throws -> [FileName] {
    do {
      let bytes = try InputFile(list).readAll()
      // A name that the system takes has no zero: the rest of the name would be lost.
      guard end == 0 || !bytes.contains(0) else {
        throw FileError("a name has a zero byte; --files-from0 takes names that zeros end")
      }
      return bytes.split(separator: end).map { FileName(bytes: Array($0)) }
    } catch {
      throw FileError("\(list): \(error)")
    }
  }
}
