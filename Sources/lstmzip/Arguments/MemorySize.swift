// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// A number of bytes on the command line, such as 512M or 1GiB.
struct MemorySize: ExpressibleByArgument, CustomStringConvertible {
  let bytes: Int

  init(bytes: Int) {
    self.bytes = bytes
  }

  init?(argument: String) {
    let digits = argument.prefix { $0.isASCII && $0.isNumber }
    let unit = argument.dropFirst(digits.count).lowercased()
    let shifts = [
      "": 0, "b": 0, "k": 10, "kb": 10, "kib": 10, "m": 20, "mb": 20, "mib": 20, "g": 30, "gb": 30,
      "gib": 30,
    ]
    guard let number = Int(digits), let shift = shifts[unit] else { return nil }
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

/// A limit of memory on the command line: a number of bytes, or a part of what the system gives.
enum MemoryLimit: ExpressibleByArgument {
  case size(MemorySize)
  case percent(Int)

  init?(argument: String) {
    if argument.hasSuffix("%") {
      guard let percent = Int(argument.dropLast()), (1...100).contains(percent) else { return nil }
      self = .percent(percent)
    } else {
      guard let size = MemorySize(argument: argument) else { return nil }
      self = .size(size)
    }
  }

  /// The limit in bytes.
  var bytes: Int {
    switch self {
    case .size(let size): size.bytes
    case .percent(let percent): SystemMemory.total / 100 * percent
    }
  }
}
