// SPDX-License-Identifier: Apache-2.0

/// How the learning rate, the window and Adam's correction change while a network learns.
struct LearningSchedule {
  /// Steps of the first window.
  static let shortestWindow = 4
  /// Fall of the learning rate: after `t` updates it is the initial one over `sqrt(1 + decay t)`.
  static let decay: Float = 1e-4
  /// Decay of the second moments of the dense parameters (Adam's beta 2).
  static let denseBeta2: Float = 0.9999
  /// Added to the root of the second moment.
  static let epsilon: Float = 1e-6
  /// Decay of an embedding row's second moment.
  static let rowBeta2: Float = 0.999
  /// The byte embeddings learn at this multiple of the learning rate.
  static let byteEmbeddingFactor: Float = 2
  /// A window of `w` steps is reached after `(windowGrowth (w - shortestWindow))^2` bytes: short ones
  /// teach a network that knows nothing sooner.
  static let windowGrowth = 20
  /// The same of a network that was trained.
  static let trainedWindowGrowth = 5

  private let initialRate: Float
  private let initialContextRate: Float
  private let longestWindow: Int
  private var windowGrowth = Self.windowGrowth
  private(set) var updates = 0
  private var denseBeta2Power: Float = 1

  /// The steps of the next window.
  private(set) var window = shortestWindow
  /// The learning rate of the next update.
  private(set) var rate: Float = 0
  /// The same of the context embeddings.
  private(set) var contextRate: Float = 0
  /// 1 over the root of Adam's bias correction, `1 / sqrt(1 - beta2^t)`, of the next update
  /// (Kingma and Ba, "Adam", 2015, algorithm 1).
  private(set) var biasCorrection: Float = 1

  /// Starts the schedule of a new network.
  init(_ configuration: NetworkConfiguration) {
    initialRate = Float(configuration.learningRate) / 65536
    initialContextRate =
      Float(configuration.contextLearningRate ?? configuration.learningRate) / 65536
    longestWindow = configuration.longestWindow
    advance(bytes: 0)
  }

  /// The part of the second moments that is still the zero they started from.
  var secondMomentShare: Float { denseBeta2Power }

  /// Goes on as for a network that was trained: with second moments that did not start from zero.
  mutating func startTrained() {
    windowGrowth = Self.trainedWindowGrowth
    denseBeta2Power = 0
    biasCorrection = 1
  }

  /// Goes on as after `updates` updates.
  mutating func resume(updates: Int) {
    while self.updates < updates { advance(bytes: 0) }
  }

  /// Goes on with windows for several lanes.
  mutating func split() { window = longestWindow }

  /// Goes on to the next update, after `bytes` bytes in all.
  mutating func advance(bytes: Int) {
    updates += 1
    let fall = (1 + Self.decay * Float(updates)).squareRoot()
    rate = initialRate / fall
    contextRate = initialContextRate / fall
    denseBeta2Power *= Self.denseBeta2
    biasCorrection = 1 / (1 - denseBeta2Power).squareRoot()
    while window < longestWindow {
      let threshold = windowGrowth * (window + 1 - Self.shortestWindow)
      guard bytes >= threshold * threshold else { break }
      window += 1
    }
  }
}
