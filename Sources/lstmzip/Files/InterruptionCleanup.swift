// SPDX-License-Identifier: Apache-2.0

import Platform
import Synchronization

/// Removes the temporary files when a signal ends the program.
///
/// A lock guards the list of files. A thread that holds it blocks the signals, so that the handler
/// never interrupts it; the handler, in whatever thread, waits for the lock and keeps it. So it finds
/// each file that was made, and no file is made or freed of its name after that.
enum InterruptionCleanup {
  private enum Owner {
    static let nobody = 0
    static let thread = 1
    static let handler = 2
  }

  /// Files at once: as many as there may be threads.
  private static let capacity = 1024
  /// Bytes of a path, with the zero at its end; the system takes no longer one.
  private static let length = Int(PATH_MAX)
  /// The paths, `length` bytes each, empty if there is none; the memory stays for the handler.
  ///
  /// Pages that were never touched cost no memory.
  nonisolated(unsafe) private static let paths: UnsafeMutablePointer<CChar> = {
    guard let memory = calloc(capacity, length) else {
      fatalError("out of memory: \(capacity * length) bytes")
    }
    return memory.bindMemory(to: CChar.self, capacity: capacity * length)
  }()
  nonisolated(unsafe) private static var isInstalled = false
  /// Who may use the paths: a signal handler may use an atomic, but no lock of the system's.
  private static let owner = Atomic<Int>(Owner.nobody)

  /// All signals that end a program that does nothing about them.
  ///
  /// Of those that the system does not let a program handle, setting a handler fails.
  private static let signals: [Int32] = {
    var harmless = [SIGCHLD, SIGURG, SIGWINCH, SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU, SIGUSR1]
    #if os(Linux)
      let last: Int32 = 64
    #else
      let last: Int32 = 31
      harmless.append(SIGINFO)
    #endif
    return (1...last).filter { $0 != SIGKILL && $0 != SIGSTOP && !harmless.contains($0) }
  }()

  /// Makes a temporary file, which from now on is removed.
  ///
  /// - Parameter create: Makes the file and gives its descriptor, or a negative number if that
  ///   failed. Signals wait until it is done, so that none finds a file that is not yet known.
  static func begin(removing temporary: FileName, create: () -> Int32) -> Int32 {
    withLock {
      let path = path(where: { $0.pointee == 0 })
      if !isInstalled {
        isInstalled = true
        for signal in signals {
          SignalHandler.install(for: signal, blocking: signalSet()) {
            InterruptionCleanup.handle($0)
          }
        }
      }
      let descriptor = create()
      if descriptor >= 0, let path, temporary.bytes.count < length {
        _ = temporary.withCString { strcpy(path, $0) }
      }
      return descriptor
    }
  }

  /// From now on the file is not removed.
  static func end(_ temporary: FileName) {
    withLock {
      temporary.withCString { name in path(where: { strcmp($0, name) == 0 })?.pointee = 0 }
    }
  }

  private static func path(
    where matches: (UnsafeMutablePointer<CChar>) -> Bool
  ) -> UnsafeMutablePointer<CChar>? {
    (0..<capacity).lazy.map { paths + $0 * length }.first(where: matches)
  }

  private static func withLock<Result>(_ body: () -> Result) -> Result {
    var held = signalSet()
    var before = sigset_t()
    pthread_sigmask(SIG_BLOCK, &held, &before)
    // The others hold the lock for a few system calls. The handler keeps it: the program ends.
    while !take(for: Owner.thread) { sched_yield() }
    defer {
      owner.store(Owner.nobody, ordering: .releasing)
      pthread_sigmask(SIG_SETMASK, &before, nil)
    }
    return body()
  }

  private static func take(for new: Int) -> Bool {
    owner.compareExchange(
      expected: Owner.nobody, desired: new, successOrdering: .acquiring,
      failureOrdering: .relaxed
    ).exchanged
  }

  private static func signalSet() -> sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal) }
    return set
  }

  /// The signal handler: only what POSIX allows in one, on memory that stays.
  private static func handle(_ number: Int32) {
    while !take(for: Owner.handler) {
      // Another signal, here or in another thread, is ending the program.
      if owner.load(ordering: .relaxed) == Owner.handler { return }
      // The thread that has it is not this one: there the signals are blocked.
    }
    for index in 0..<capacity where paths[index * length] != 0 { unlink(paths + index * length) }
    // The parent is to see which signal ended the program: it is raised again when this returns.
    signal(number, SIG_DFL)
    raise(number)
  }
}
