// SPDX-License-Identifier: Apache-2.0

import CPlatform

/// A thread of the operating system that runs one closure, in the standard floating-point state.
package final class Thread: Sendable {
  private final class Body {
    let name: String
    let run: @Sendable () -> Void

    init(name: String, _ run: @escaping @Sendable () -> Void) {
      self.name = name
      self.run = run
    }
  }

  #if os(Linux)
    private let handle: pthread_t
  #else
    // The handle is a pointer that nobody follows but the system.
    nonisolated(unsafe) private let handle: pthread_t
  #endif

  /// Starts a thread; whoever makes it must ``join()`` it once.
  ///
  /// - Parameters:
  ///   - name: For debuggers, at most 15 bytes.
  ///   - run: What the thread does. If the system has no thread to give, the process ends.
  package init(name: String, _ run: @escaping @Sendable () -> Void) {
    let body = Unmanaged.passRetained(Body(name: name, run))
    #if os(Linux)
      var handle = pthread_t()
      let status = pthread_create(&handle, nil, { Thread.enter($0) }, body.toOpaque())
      precondition(status == 0, "the system has no thread to give: error \(status)")
      self.handle = handle
    #else
      var handle: pthread_t?
      let status = pthread_create(&handle, nil, { Thread.enter($0) }, body.toOpaque())
      guard status == 0, let handle else {
        preconditionFailure("the system has no thread to give: error \(status)")
      }
      self.handle = handle
    #endif
  }

  /// Waits until the closure has returned.
  package func join() { pthread_join(handle, nil) }

  private static func enter(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
    cplatform_name_thread(body.name)
    FloatingPointState.withStandard { body.run() }
    return nil
  }

  /// Processors that this process may use, at least 1.
  package static var processorCount: Int { Int(cplatform_processor_count()) }
}
