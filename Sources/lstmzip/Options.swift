import ArgumentParser
import LSTMArchive
import Platform

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

/// How the content is cut.
struct FrameOptions: ParsableArguments {
  @Option(
    name: .long,
    help: "Content of a frame: a power of two from 1KiB to 1GiB. Frames are independent.")
  var frameSize = MemorySize(bytes: Compressor.standardFrameSize)

  func validate() throws {
    let size = frameSize.bytes
    guard size.nonzeroBitCount == 1, (1 << 10...1 << 30).contains(size) else {
      throw ValidationError("--frame-size \(frameSize): not a power of two from 1KiB to 1GiB.")
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

/// How many threads work.
struct ThreadOptions: ParsableArguments {
  private static let greatest = 1024

  @Option(
    name: [.customShort("T", allowingJoined: true), .long],
    help: "Threads: 0 for all cores. (default: LSTMZIP_THREADS, or all cores)")
  var threads: Int?

  func validate() throws {
    _ = try Self.number(threads)
  }

  /// The number of threads.
  var count: Int { (try? Self.number(threads)) ?? 1 }

  private static func number(_ option: Int?) throws -> Int {
    var number = option
    if number == nil, let text = Environment.value("LSTMZIP_THREADS"), !text.isEmpty {
      number = Int(text)
      guard number != nil else { throw ValidationError("LSTMZIP_THREADS: \(text) is no number.") }
    }
    let wanted = number ?? 0
    guard (0...greatest).contains(wanted) else {
      throw ValidationError("\(wanted) threads: not a number from 0 to \(greatest).")
    }
    return wanted == 0 ? Thread.processorCount : wanted
  }
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
