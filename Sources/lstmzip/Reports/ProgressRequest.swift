// SPDX-License-Identifier: Apache-2.0

import Platform
import Synchronization

/// Counts the signals that ask how far the work has come: SIGUSR1, and SIGINFO where the system has it.
enum ProgressRequest {
  private static let requests = Atomic<Int>(0)

  /// Signals so far.
  static var count: Int { requests.load(ordering: .relaxed) }

  /// From now on the signals do not end the process.
  static func listen() {
    var none = sigset_t()
    sigemptyset(&none)
    #if canImport(Darwin)
      let signals = [SIGUSR1, SIGINFO]
    #else
      let signals = [SIGUSR1]
    #endif
    for signal in signals {
      SignalHandler.install(for: signal, blocking: none) { _ in
        ProgressRequest.requests.wrappingAdd(1, ordering: .relaxed)
      }
    }
  }
}
