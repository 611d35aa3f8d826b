extension ContextConfiguration {
  /// Bytes of memory that a ``ContextModel`` of this configuration takes at most.
  package var contextBytes: Int {
    let history = 1 << historyBits
    let positions = 2 * 4 << min(sizeBits, 20)
    let followers = 4 * 256 + 2 << 16
    return history + positions + followers + lanes * 8 * 64 + 1 << 16
  }
}
