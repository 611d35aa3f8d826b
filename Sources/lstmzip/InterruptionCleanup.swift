import Foundation

/// Removes the temporary file when a signal ends the program.
enum InterruptionCleanup {
  /// The path to remove: what a signal handler may read is a plain C string.
  nonisolated(unsafe) private static var path: UnsafeMutablePointer<CChar>?
  nonisolated(unsafe) private static var isInstalled = false

  private static let signals = [SIGINT, SIGTERM, SIGHUP]

  /// Makes a temporary file, which from now on is removed.
  ///
  /// - Parameter create: Makes the file and gives its descriptor, or a negative number if that
  ///   failed. Signals wait until it is done, so that none finds a file that is not yet known.
  static func begin(removing temporary: String, create: () -> Int32) -> Int32 {
    var held = sigset_t()
    var before = sigset_t()
    sigemptyset(&held)
    for signal in signals { sigaddset(&held, signal) }
    pthread_sigmask(SIG_BLOCK, &held, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    let descriptor = create()
    guard descriptor >= 0 else { return descriptor }
    path = strdup(temporary)
    if !isInstalled {
      isInstalled = true
      for signal in signals { install(signal) }
    }
    return descriptor
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
