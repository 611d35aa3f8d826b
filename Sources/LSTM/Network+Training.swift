// SPDX-License-Identifier: Apache-2.0

/// What a training needs beside what coding does: to start lanes anew, to stop between two windows,
/// and to go on in another process.
extension Network {
  /// Steps of a window; between windows that of the next one.
  package var windowSteps: Int { schedule.window }

  /// The index of the n-gram embeddings, if the network has any.
  package var ngramIndex: NgramIndex? { ngrams?.index }

  /// The updates that learning has begun.
  package var updates: Int { schedule.updates }

  /// Forgets what a lane has seen, as at the start of its content; between two windows.
  package func resetState(lane: Int) {
    precondition(step == 0, "a state is reset between two windows")
    window.clearState(lane: lane, cells: configuration.allCells)
  }

  /// Waits for the learning that was begun and puts it into effect at once; between two windows.
  ///
  /// A call changes what the network learns, so that those who want the same weights make the same
  /// calls.
  package func synchronise() {
    precondition(step == 0, "learning is waited for between two windows")
    guard isLearning else { return }
    finishLearning()
    parametersChanged()
  }

  /// All that decides what the network will predict and learn, besides its configuration and n-gram
  /// index: calls `visit` with each part in a fixed order, to save it or to fill it.
  ///
  /// After ``synchronise()``; after filling it call ``stateFilled(updates:)``.
  package func visitState(_ visit: (UnsafeMutableRawBufferPointer) throws -> Void) rethrows {
    precondition(step == 0 && !isLearning, "a state is visited after synchronise()")
    try visit(UnsafeMutableRawBufferPointer(parameters.values))
    try visit(UnsafeMutableRawBufferPointer(learner.secondMoments.values))
    for pool in byteEmbeddings + [ngrams?.rows].compactMap({ $0 }) {
      for row in 0..<pool.count {
        try visit(UnsafeMutableRawBufferPointer(pool.values(ofRow: row)))
        try withUnsafeMutableBytes(of: &pool.secondMoment(ofRow: row).pointee) { try visit($0) }
      }
    }
    try visitLaneStates(visit)
  }

  /// What the network remembers of the contents of its lanes; between two windows.
  package func visitLaneStates(_ visit: (UnsafeMutableRawBufferPointer) throws -> Void) rethrows {
    precondition(step == 0, "states are visited between two windows")
    try visit(window.hiddenState(lanes: lanes))
    try visit(window.cellState(lanes: lanes, cells: configuration.allCells))
  }

  /// Goes on with a state that ``visitState(_:)`` filled, after as many updates.
  package func stateFilled(updates: Int) {
    schedule.resume(updates: updates)
    parametersChanged()
  }
}
