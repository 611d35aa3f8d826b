/// Where the histories of the predicted bit are.
extension ContextMixer {
  /// Asks the memory for some contexts' buckets: of the first nibble, or of the second one when three bits
  /// of the first, `part` behind a leading 1, are known.
  @inline(__always)
  func prefetchSlots(_ contexts: Range<Int>, part: Int = 0) {
    guard type != .bilevel else { return }
    let table = self.table
    let hashes = lane.pointee.hashes
    let numbers = self.numbers
    for i in contexts { table.prefetch(hashes[numbers[i]], part: part) }
  }

  @inline(__always)
  func lookUp() {
    isLookUpDue = false
    nibbleNode = 1
    let table = self.table
    let hashes = lane.pointee.hashes
    let histories = self.histories
    let nibble = firstNibble
    let numbers = self.numbers
    for i in 0..<contextCount { histories[i] = table.bucket(hashes[numbers[i]], nibble: nibble) }
    direct.lookUp(hashes, nibble: nibble)
  }

  /// Goes to the histories of the pixels around the predicted one.
  func lookUpPixels() {
    nibbleNode = 0
    bilevel[lane - contextModel.lanes].select(
      histories, recent: lane.pointee.hasher.recent, byteNode: byteNode, bitPosition: bitPosition,
      column: lane.pointee.hasher.recordColumn)
  }
}
