// SPDX-License-Identifier: Apache-2.0

import CPlatform

/// What the process was started with.
package enum ProcessArguments {
  /// The program's name and the arguments, as the bytes that they are.
  package static let all: [[UInt8]] = {
    var count: Int32 = 0
    guard let vector = cplatform_arguments(&count) else {
      return (0..<Int(CommandLine.argc)).map { bytes(CommandLine.unsafeArgv[$0]) }
    }
    return (0..<Int(count)).map { bytes(vector[$0]) }
  }()

  private static func bytes(_ argument: UnsafeMutablePointer<CChar>?) -> [UInt8] {
    guard let argument else { return [] }
    return [UInt8](UnsafeRawBufferPointer(start: argument, count: strlen(argument)))
  }
}
