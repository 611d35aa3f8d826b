/// A function of the bytes seen so far that selects one row of the network's context embeddings.
///
/// The raw value is the context's bit in a ``ContextSet``, and so a part of the archive format:
/// a case is never renumbered.
public enum Context: Int, CaseIterable, Sendable {
  /// The last 2 bytes.
  case order2 = 0
  /// The last 3 bytes.
  case order3 = 1
  /// The last 4 bytes.
  case order4 = 2
  /// The last 5 bytes.
  case order5 = 3
  /// The last 6 bytes.
  case order6 = 4
  /// The letters of the word that is being written, in lower case; none between words.
  case word = 5
  /// The word that is being written and the one before it.
  case wordPair = 6
  /// The second and the third byte back.
  case bytes2And3 = 7
  /// The fourth byte back.
  case byte4 = 8
  /// The last and the third byte back.
  case bytes1And3 = 9
  /// The high halves of the last 4 bytes.
  case highNibbles = 10
  /// The bytes since the last line feed, 65,535 at most.
  case column = 11
  /// The byte that followed the last occurrence of the longest repeated context, and that context's
  /// length in classes.
  case match = 12
  /// That byte, whether the length is over 15, and the last byte.
  case matchAndByte = 13
  /// The two bytes that followed the last two occurrences of the last byte, and the last byte.
  case order1History = 14
  /// The two bytes that followed the last two occurrences of the last 2 bytes, and the last byte.
  case order2History = 15
  /// The word that is being written and the last byte.
  case wordAndByte = 16
  /// The high five bits of each of the last 4 bytes.
  case highFiveBits = 17
}

/// The contexts whose embeddings a network adds to its first layer.
public struct ContextSet: OptionSet, Hashable, Sendable {
  /// One bit a context: bit `i` is the context with the raw value `i`.
  public let rawValue: UInt32

  /// Makes the set of the contexts whose bits are set in `rawValue`.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// Makes the set of the given contexts.
  public init(_ contexts: some Sequence<Context>) {
    rawValue = contexts.reduce(0) { $0 | 1 << UInt32($1.rawValue) }
  }

  /// Every context that this version knows.
  public static let all = ContextSet(Context.allCases)
  /// The contexts of the default configuration, chosen by measurement (`docs/EXPERIMENTS.md`).
  public static let standard = all.subtracting(ContextSet([.order3]))

  /// The contexts in the set, in the order of their raw values: the order in which their rows are
  /// added.
  public var contexts: [Context] {
    Context.allCases.filter { rawValue >> UInt32($0.rawValue) & 1 == 1 }
  }
}
