extension Configuration {
  /// Bytes of memory that a ``ContextMixer`` of this configuration takes at most.
  public var requiredBytes: Int {
    let slots = 1 << min(26, sizeBits + 9)
    let history = 1 << min(sizeBits, 24)
    let positions = 2 * 4 << min(sizeBits, 20)
    // The mixers' weights, the bit histories' entries and the adaptive maps.
    let rest = 48 << 20
    return slots + history + positions + rest
  }
}
