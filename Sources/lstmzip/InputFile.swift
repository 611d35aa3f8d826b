import Platform

/// A file that is read once, from its beginning, or standard input.
final class InputFile {
  /// The name on the command line; "-" is standard input.
  let name: String
  /// Mode, times, size and links.
  let status: stat
  private let descriptor: Descriptor

  /// Opens the file.
  ///
  /// - Throws: ``FileError`` if it cannot be opened or is a directory.
  init(_ name: String) throws {
    self.name = name
    let number = name == "-" ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard number >= 0 else { throw FileError.system() }
    var status = stat()
    guard fstat(number, &status) == 0 else { throw FileError.system() }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      if name != "-" { close(number) }
      throw FileError(
        "is a directory; pack it with tar first: tar -I lstmzip -cf NAME.tar.lstm DIR")
    }
    self.status = status
    descriptor = Descriptor(number)
  }

  deinit {
    if !isStandardInput { close(descriptor.number) }
  }

  var isStandardInput: Bool { name == "-" }
  /// The size of a regular file.
  var size: Int? { status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil }
  var isTerminal: Bool { isatty(descriptor.number) == 1 }

  /// The next bytes, at most `limit`; none at the end.
  func read(_ limit: Int) throws -> [UInt8] {
    try descriptor.read(limit)
  }

  /// All bytes.
  func readAll() throws -> [UInt8] {
    var bytes: [UInt8] = []
    while case let piece = try read(1 << 20), !piece.isEmpty { bytes += piece }
    return bytes
  }
}
