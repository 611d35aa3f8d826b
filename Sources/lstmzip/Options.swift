import ArgumentParser
import Compressor

/// How much is said on standard error.
struct MessageOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Print no warnings and no progress.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Print a line for each file.")
  var verbose = false

  @Flag(
    inversion: .prefixedNo,
    help: "Show progress on standard error. (default: if it is a terminal)")
  var progress: Bool?
}

/// Where the output goes and what becomes of the input.
struct OutputOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: "Write to FILE; - is standard output.")
  var output: String?

  @Flag(name: [.customShort("c"), .customLong("stdout")], help: "Write to standard output.")
  var standardOutput = false

  @Flag(name: .shortAndLong, help: "Overwrite files, and write archives to a terminal.")
  var force = false

  @Flag(name: .shortAndLong, help: "Keep the input file. (default)")
  var keep = false

  @Flag(name: .customLong("rm"), help: "Remove the input file when its output is safely stored.")
  var removesInput = false

  func validate() throws {
    if standardOutput && output != nil && output != "-" {
      throw ValidationError("-c and -o exclude each other.")
    }
    if keep && removesInput { throw ValidationError("--keep and --rm exclude each other.") }
    if removesInput && writesToStandardOutput {
      throw ValidationError("--rm needs an output file.")
    }
  }

  var writesToStandardOutput: Bool { standardOutput || output == "-" }

  /// Checks the options against the number of inputs.
  func validate(inputs: [String]) throws {
    if let output, output != "-", inputs.count > 1 {
      throw ValidationError("-o \(output) takes one input, not \(inputs.count).")
    }
  }
}

/// The limit of memory that an archive may ask for.
struct MemoryOptions: ParsableArguments {
  @Option(
    name: .long,
    help:
      "Refuse archives that need more memory. Units: K, M, G, KiB, MiB, GiB, all powers of 1024.")
  var memory = MemorySize(bytes: Decompressor.standardMemoryLimit)
}

/// A number of bytes on the command line, such as 512M or 1GiB.
struct MemorySize: ExpressibleByArgument, CustomStringConvertible {
  let bytes: Int

  init(bytes: Int) {
    self.bytes = bytes
  }

  init?(argument: String) {
    let digits = argument.prefix { $0.isASCII && $0.isNumber }
    let shifts = ["": 0, "B": 0, "K": 10, "KiB": 10, "M": 20, "MiB": 20, "G": 30, "GiB": 30]
    guard let number = Int(digits), let shift = shifts[String(argument.dropFirst(digits.count))]
    else { return nil }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
    guard !overflow && bytes > 0 else { return nil }
    self.bytes = bytes
  }

  var description: String {
    for (shift, unit) in [(30, "GiB"), (20, "MiB"), (10, "KiB")] where bytes % (1 << shift) == 0 {
      return "\(bytes >> shift)\(unit)"
    }
    return "\(bytes)"
  }
}
