// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import LSTMArchive
import Platform

/// How the content is cut.
struct FrameOptions: ParsableArguments {
  @Option(
    name: .long,
    help: """
      Content of a frame: a power of two from 1KiB to 1GiB. Frames are independent: smaller ones let more \
      threads work and --range decode less, and make archives larger, those of 1MiB by some 3 %, those of \
      32KiB by 20 % and more.
      """)
  var frameSize = MemorySize(bytes: Compressor.standardFrameSize)

  @Flag(
    name: .customLong("no-unpack"),
    help: """
      Code deflate streams, as in zip, gzip, PNG and PDF files, as they are: faster, and much larger.
      """)
  var leavesPacked = false

  func validate() throws {
    let size = frameSize.bytes
    guard size.nonzeroBitCount == 1, (1 << 10...1 << 30).contains(size) else {
      throw ValidationError("--frame-size \(frameSize): not a power of two from 1KiB to 1GiB.")
    }
  }
}

/// How much memory the work may take.
struct MemoryOptions: ParsableArguments {
  @Option(
    name: [.customShort("M"), .long],
    help: """
      Use no more memory: refuse archives that need more; compress with fewer threads, then in smaller \
      frames. Units: K, M, G, all powers of 1024, as KiB and KB are too; or %, of what the system gives. \
      (default: what the system gives, and for restoring 1GiB at most)
      """)
  var memory: MemoryLimit?

  /// The limit for compressing, if the option gives one.
  var forCompressing: Int? { memory?.bytes }

  /// The limit for restoring.
  ///
  /// What was asked for, or what archives may take that nobody has looked at.
  var forRestoring: Int {
    memory?.bytes ?? min(Decompressor.standardMemoryLimit, SystemMemory.allowance.bytes)
  }
}

/// How many threads work.
struct ThreadOptions: ParsableArguments {
  private static let greatest = 1024

  @Option(
    name: [.customShort("T"), .long],
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
