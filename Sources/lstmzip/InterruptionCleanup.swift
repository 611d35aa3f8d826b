import Foundation

/// Removes the temporary files when a signal ends the program.
enum InterruptionCleanup {
  /// The paths to remove, or null, as many as threads may work on files.
  ///
  /// What a signal handler may read are plain C strings in memory that stays.
  nonisolated(unsafe) private static let paths = {
    let paths = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: capacity)
    paths.initialize(repeating: nil, count: capacity)
    return paths
  }()
  private static let capacity = 1024
  nonisolated(unsafe) private static var isInstalled = false
  private static let lock = NSLock()

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
    lock.lock()
    defer { lock.unlock() }
    let descriptor = create()
    guard descriptor >= 0 else { return descriptor }
    if let index = (0..<capacity).first(where: { paths[$0] == nil }) {
      paths[index] = strdup(temporary)
    }
    if !isInstalled {
      isInstalled = true
      for signal in signals { install(signal) }
    }
    return descriptor
  }

  /// From now on the file is not removed.
  static func end(_ temporary: String) {
    lock.lock()
    defer { lock.unlock() }
    for index in 0..<capacity {
      guard let path = paths[index], strcmp(path, temporary) == 0 else { continue }
      paths[index] = nil
      free(path)
      return
    }
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
      for index in 0..<InterruptionCleanup.capacity {
        if let path = InterruptionCleanup.paths[index] { unlink(path) }
      }
      // The parent is to see which signal ended the program.
      signal(number, SIG_DFL)
      raise(number)
    }
  }
}
