import Contexts

extension ContextConfiguration {
  /// Bytes of memory that a ``ContextMixer`` of this configuration takes at most, its contexts
  /// included.
  package var requiredBytes: Int {
    let slots = 1 << min(26, sizeBits + 9)
    // The mixers' weights, the direct probabilities, the adaptive maps and the rest.
    let rest = 52 << 20
    return slots + contextBytes + rest
  }
}
