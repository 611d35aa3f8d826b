import Contexts

extension Configuration {
  /// Bytes of memory that a ``ContextMixer`` of this configuration takes at most, its contexts
  /// included.
  public var requiredBytes: Int {
    let slots = 1 << min(26, sizeBits + 9)
    // The mixers' weights, the direct probabilities, the adaptive maps and the rest.
    let rest = 52 << 20
    return slots + contextBytes + rest
  }
}
