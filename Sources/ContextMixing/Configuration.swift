/// What a ``ContextMixer`` is told of the content before its first bit; part of an archive's header.
public struct Configuration: Equatable, Sendable {
  /// The kinds of content, each with its own contexts.
  public enum Kind: UInt8, CaseIterable, Sendable {
    /// Text of any sort, markup and source code.
    case text = 0
    /// Everything else.
    case binary = 1
    /// Rows of black and white pixels, 8 in a byte.
    case bilevel = 2
  }

  /// The kind of content.
  public var kind: Kind
  /// The length of the content's records or rows in bytes, 0 for none.
  public var recordLength: Int {
    didSet { recordLength = max(0, min(Self.maximumRecordLength, recordLength)) }
  }
  /// The number of bytes of the content, or a guess of it: the tables are scaled to it.
  public var contentSize: Int
  /// Whether another model, such as an LSTM, takes part: see ``ContextMixer/consider(_:)``.
  public var hasOutsideModel: Bool

  /// The greatest record length.
  public static let maximumRecordLength = 65_535

  /// The base 2 logarithm of the content's size, rounded up, from 8 to 40.
  var sizeBits: Int {
    let size = max(256, min(contentSize, 1 << 40))
    return Int.bitWidth - (size - 1).leadingZeroBitCount
  }

  /// Makes a configuration; a record length out of range is brought into it.
  public init(
    kind: Kind = .binary, recordLength: Int = 0, contentSize: Int, hasOutsideModel: Bool = false
  ) {
    self.kind = kind
    self.recordLength = max(0, min(Self.maximumRecordLength, recordLength))
    self.contentSize = max(0, contentSize)
    self.hasOutsideModel = hasOutsideModel
  }
}
