// SPDX-License-Identifier: Apache-2.0

import Platform

/// Sets what the process does when a signal arrives.
enum SignalHandler {
  /// Installs a handler that restarts system calls, where nothing else was set: a signal that the parent
  /// ignores, as nohup does, stays ignored, and a debugger's own handler stays too.
  ///
  /// - Parameters:
  ///   - blocked: Signals that wait while the handler runs.
  ///   - handler: May do only what POSIX allows in a signal handler.
  static func install(
    for number: Int32, blocking blocked: sigset_t, _ handler: @convention(c) (Int32) -> Void
  ) {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return }
    #if canImport(Glibc)
      let present = action.__sigaction_handler.sa_handler
    #elseif canImport(Musl)
      let present = action.__sa_handler.sa_handler
    #else
      let present = action.__sigaction_u.__sa_handler
    #endif
    guard unsafeBitCast(present, to: Int.self) == 0 else { return }
    action = sigaction()
    #if canImport(Glibc)
      action.__sigaction_handler.sa_handler = handler
    #elseif canImport(Musl)
      action.__sa_handler.sa_handler = handler
    #else
      action.__sigaction_u.__sa_handler = handler
    #endif
    action.sa_mask = blocked
    action.sa_flags = SA_RESTART
    sigaction(number, &action, nil)
  }
}
