import Foundation

/// Removes the temporary file when a signal ends the program.
enum InterruptionCleanup {
  /// The path to remove: what a signal handler may read is a plain C string.
  nonisolated(unsafe) private static var path: UnsafeMutablePointer<CChar>?
  nonisolated(unsafe) private static var isInstalled = false

  /// From now on `temporary` is removed.
  static func begin(removing temporary: String) {
    path = strdup(temporary)
    guard !isInstalled else { return }
    isInstalled = true
    for signal in [SIGINT, SIGTERM, SIGHUP] { install(signal) }
  }

  /// From now on nothing is removed.
  static func end() {
    let old = path
    path = nil
    free(old)
  }

  private static func install(_ number: Int32) {
    var action = sigaction()
    // A signal that the parent ignores, as nohup does, stays ignored.
    sigaction(number, nil, &action)
    #if os(Linux)
      let isIgnored = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    #else
      let isIgnored = unsafeBitCast(action.__sigaction_u.__sa_handler, to: Int.self) == 1
    #endif
    guard !isIgnored else { return }
    signal(number) { number in
      if let path = InterruptionCleanup.path { unlink(path) }
      // The parent is to see which signal ended the program.
      signal(number, SIG_DFL)
      raise(number)
    }
  }
}
