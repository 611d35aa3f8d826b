// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Platform

/// Where the output goes and what becomes of the input.
struct OutputOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: "Write to FILE; - is standard output.")
  var output: FileName?

  @Flag(
    name: [.customShort("c"), .customLong("stdout"), .customLong("to-stdout")],
    help: "Write to standard output.")
  var standardOutput = false

  @Flag(name: .shortAndLong, help: "Overwrite files, and write archives to a terminal.")
  var force = false

  @Flag(name: .shortAndLong, help: "Keep the input file. (default)")
  var keep = false

  @Flag(
    name: .customLong("rm"),
    help: "Remove the input file when its output is safely stored, and an archive was verified.")
  var removesInput = false

  @Flag(
    name: .customLong("sparse"), inversion: .prefixedNo,
    help: "Restore zeros as holes, which take no space.")
  var isSparse = true

  @OptionGroup var suffix: SuffixOptions

  func validate() throws {
    if standardOutput && output != nil && output != InputFile.standardInput {
      throw ValidationError("-c and -o exclude each other.")
    }
    if keep && removesInput { throw ValidationError("--keep and --rm exclude each other.") }
    if removesInput && writesToStandardOutput {
      throw ValidationError("--rm needs an output file.")
    }
  }

  var writesToStandardOutput: Bool { standardOutput || output == InputFile.standardInput }

  /// Checks the options against the number of inputs.
  func validate(inputs: [FileName]) throws {
    if let output, output != InputFile.standardInput, inputs.count > 1 {
      throw ValidationError(
        "-o \(CommandLineText.text(output.bytes)) takes one input, not \(inputs.count).")
    }
  }
}

/// How archives are called.
struct SuffixOptions: ParsableArguments {
  @Option(name: [.customShort("S"), .long], help: "What the names of archives end in.")
  var suffix = FileName(".lstm")

  func validate() throws {
    if suffix.bytes.contains(UInt8(ascii: "/")) {
      throw ValidationError("--suffix: a suffix has no slash.")
    }
  }
}

/// Whether an archive is decoded before it counts as written.
struct VerifyOptions: ParsableArguments {
  @Flag(
    inversion: .prefixedNo,
    help: """
      Decode what was written, and compare it with what was read, before the output gets its name. \
      Takes as long as restoring. (default: with --rm)
      """)
  var verify: Bool?
}
