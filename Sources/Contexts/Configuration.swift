/// What is known of the content before its first bit; part of an archive's header.
public struct Configuration: Equatable, Sendable {
  /// The kinds of content, each with its own contexts.
  public enum Kind: UInt8, CaseIterable, Sendable {
    /// Text of any sort, markup and source code.
    case text = 0
    /// Everything else.
    case binary = 1
    /// Rows of black and white pixels, 8 in a byte.
    case bilevel = 2

    /// The number of contexts.
    public var contextCount: Int { self == .text ? 24 : 40 }

    /// The contexts in which experts learn, by their numbers in the order of ``ContextModel/hashes``.
    ///
    /// - Parameter few: Those that experts need who begin with a network from nothing. It and the direct
    ///   probabilities know what short contexts of text say: more take time and save nothing.
    public func expertContexts(few: Bool) -> [Int] {
      let all = 0..<contextCount
      guard few, self == .text else { return Array(all) }
      return all.filter { ![1, 2, 3, 4, 5, 8, 15, 20].contains($0) }
    }

    /// The contexts that a network embeds, by their numbers in the order of ``ContextModel/hashes``.
    ///
    /// - Parameter few: Those that a network needs which learns from nothing beside experts: these see
    ///   many contexts, so that more make it slower and no better.
    public func embeddedContexts(few: Bool) -> [Int] {
      if few {
        switch self {
        case .text: return [4, 9, 10]
        case .binary, .bilevel: return [2, 11, 14, 24, 30]
        }
      }
      switch self {
      case .text: return [2, 3, 4, 5, 6, 8, 9, 10, 11, 14, 15, 16, 17, 19, 20, 21]
      case .binary, .bilevel: return [2, 3, 4, 6, 8, 9, 11, 12, 14, 15, 17, 19, 24, 26, 29, 30]
      }
    }
  }

  /// The kind of content.
  public var kind: Kind
  /// The length of the content's records or rows in bytes, 0 for none.
  public var recordLength: Int {
    didSet { recordLength = max(0, min(Self.maximumRecordLength, recordLength)) }
  }
  /// The number of bytes of the content, or a guess of it: the tables are scaled to it.
  public var contentSize: Int
  /// Other models, such as LSTMs, that take part: see `ContextMixer.consider`.
  public var outsideModels: Int
  /// Whether experts learn in few contexts: see ``Kind/expertContexts(few:)``.
  public var hasFewContexts = false
  /// The greatest number of lanes that the content is split into: see ``ContextModel/moveLanes(to:)``.
  public var lanes = 1

  /// The greatest record length.
  public static let maximumRecordLength = 65_535

  /// The base 2 logarithm of the content's size, rounded up, from 8 to 40.
  package var sizeBits: Int {
    let size = max(256, min(contentSize, 1 << 40))
    return Int.bitWidth - (size - 1).leadingZeroBitCount
  }

  /// The base 2 logarithm of the bytes that are kept: all of them if the lanes' are far apart.
  var historyBits: Int { lanes > 1 ? sizeBits : min(sizeBits, 24) }

  /// Makes a configuration; a record length out of range is brought into it.
  public init(
    kind: Kind = .binary, recordLength: Int = 0, contentSize: Int, outsideModels: Int = 0
  ) {
    self.kind = kind
    self.recordLength = max(0, min(Self.maximumRecordLength, recordLength))
    self.contentSize = max(0, contentSize)
    self.outsideModels = max(0, outsideModels)
  }
}
