/// A function of the bytes seen so far that selects one row of the network's context embeddings.
///
/// The raw value is the context's bit in a ``ContextSet``, and so a part of the archive format:
/// a case is never renumbered.
public enum Context: Int, CaseIterable, Sendable {
  /// The last 2 bytes.
  case order2 = 0
  /// The last 4 bytes.
  case order4 = 1
  /// The last 5 bytes.
  case order5 = 2
  /// The last 6 bytes.
  case order6 = 3
  /// The letters of the word that is being written, in lower case; none between words.
  case word = 4
  /// The word that is being written and the one before it.
  case wordPair = 5
  /// The second and the third byte back.
  case bytes2And3 = 6
  /// The fourth byte back.
  case byte4 = 7
  /// The last and the third byte back.
  case bytes1And3 = 8
  /// The high halves of the last 4 bytes.
  case highNibbles = 9
  /// The bytes since the last line feed, 65,535 at most.
  case column = 10
  /// The byte that followed the last occurrence of the longest repeated context, and that context's
  /// length in classes.
  case match = 11
  /// That byte, whether the length is over 15, and the last byte.
  case matchAndByte = 12
  /// The two bytes that followed the last two occurrences of the last byte, and the last byte.
  case order1History = 13
  /// The two bytes that followed the last two occurrences of the last 2 bytes, and the last byte.
  case order2History = 14
  /// The word that is being written and the last byte.
  case wordAndByte = 15
}

/// The contexts whose embeddings a network adds to its first layer.
public struct ContextSet: OptionSet, Hashable, Sendable {
  /// One bit a context: bit `i` is the context with the raw value `i`.
  public let rawValue: UInt16

  /// Makes the set of the contexts whose bits are set in `rawValue`.
  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  /// Makes the set of the given contexts.
  public init(_ contexts: some Sequence<Context>) {
    rawValue = contexts.reduce(0) { $0 | 1 << UInt16($1.rawValue) }
  }

  /// Every context that this version knows.
  public static let all = ContextSet(Context.allCases)

  /// The contexts in the set, in the order of their raw values: the order in which their rows are
  /// added.
  public var contexts: [Context] {
    Context.allCases.filter { rawValue >> UInt16($0.rawValue) & 1 == 1 }
  }
}
