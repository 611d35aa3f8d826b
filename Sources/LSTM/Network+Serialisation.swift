/// What a network has learned, as bytes: the start of another network of the same shape.
extension Network {
  /// All parameters, little-endian: the dense ones in the order of their layout, the byte embeddings
  /// layer by layer, then the context embeddings' rows, checks and confidences.
  ///
  /// Neither the optimiser's moments nor the state of the current content are in it.
  ///
  /// - Complexity: O(parameters).
  public var parameterBytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(parameterByteCount)
    for buffer in floatParameters {
      for value in buffer.values { Self.append(value.bitPattern, to: &bytes) }
    }
    guard !contexts.isEmpty else { return bytes }
    for check in embeddings.checks.values { Self.append(check, to: &bytes) }
    bytes.append(contentsOf: embeddings.confidences.values)
    return bytes
  }

  /// Takes over parameters, and predicts the next byte with them.
  ///
  /// - Parameter bytes: What ``parameterBytes`` gave for a network of the same configuration.
  /// - Throws: ``ConfigurationError`` if their number is not that of this configuration.
  /// - Complexity: O(parameters).
  public func load(parameterBytes bytes: [UInt8]) throws(ConfigurationError) {
    guard bytes.count == parameterByteCount else {
      throw ConfigurationError(
        message: "the network has \(parameterByteCount) bytes of parameters, not \(bytes.count)")
    }
    var position = 0
    for buffer in floatParameters {
      for index in 0..<buffer.count {
        buffer.pointer[index] = Float(bitPattern: Self.integer(bytes, at: &position))
      }
    }
    if !contexts.isEmpty {
      for index in 0..<embeddings.checks.count {
        embeddings.checks.pointer[index] = Self.integer(bytes, at: &position)
      }
      for index in 0..<embeddings.confidences.count {
        embeddings.confidences.pointer[index] = Self.integer(bytes, at: &position)
      }
    }
    forward()
  }

  private var floatParameters: [FloatBuffer] {
    [parameters] + byteEmbeddings + (contexts.isEmpty ? [] : [embeddings.rows])
  }

  private var parameterByteCount: Int {
    let rows = contexts.isEmpty ? 0 : embeddings.checks.count
    return 4 * floatParameters.map(\.count).reduce(0, +) + 3 * rows
  }

  private static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  private static func integer<Value: FixedWidthInteger>(
    _ bytes: [UInt8], at position: inout Int
  ) -> Value {
    var value: Value = 0
    for offset in 0..<MemoryLayout<Value>.size {
      value |= Value(truncatingIfNeeded: bytes[position + offset]) << Value(8 * offset)
    }
    position += MemoryLayout<Value>.size
    return value
  }
}
