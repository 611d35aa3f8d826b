// SPDX-License-Identifier: Apache-2.0

/// What a network has learned, as bytes: the start of another network of the same shape.
extension Network {
  /// All parameters, little-endian: the dense ones in the order of their layout, the byte embeddings
  /// layer by layer, then the context embeddings' rows in binary16, checks and confidences.
  ///
  /// Neither the optimiser's moments nor the state of the current content are in it.
  ///
  /// - Complexity: O(parameters).
  package var parameterBytes: [UInt8] {
    if isLearning { finishLearning() }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(parameterByteCount)
    for value in parameters.values { Self.append(value.bitPattern, to: &bytes) }
    for pool in byteEmbeddings {
      for row in 0..<pool.count {
        for value in pool.values(ofRow: row) { Self.append(value.bitPattern, to: &bytes) }
      }
    }
    guard configuration.contexts > 0 else { return bytes }
    for row in 0..<embeddings.rows.count {
      for value in embeddings.rows.values(ofRow: row) { Self.append(value, to: &bytes) }
    }
    for owner in embeddings.owners.values { Self.append(owner.check, to: &bytes) }
    for owner in embeddings.owners.values { bytes.append(owner.confidence) }
    return bytes
  }

  /// Takes over parameters for the bytes to come; in a network that has seen nothing.
  ///
  /// - Parameter bytes: What ``parameterBytes`` gave for a network of the same configuration.
  /// - Throws: ``ConfigurationError`` if their number is not that of this configuration.
  /// - Complexity: O(parameters).
  package func load(parameterBytes bytes: [UInt8]) throws(ConfigurationError) {
    guard bytes.count == parameterByteCount else {
      throw ConfigurationError(
        message: "the network has \(parameterByteCount) bytes of parameters, not \(bytes.count)")
    }
    var position = 0
    for index in 0..<parameters.count {
      parameters.pointer[index] = Float(bitPattern: Self.integer(bytes, at: &position))
    }
    parametersChanged()
    for pool in byteEmbeddings {
      for row in 0..<pool.count {
        for index in 0..<pool.width {
          pool.elements(ofRow: row)[index] = Float(bitPattern: Self.integer(bytes, at: &position))
        }
      }
    }
    guard configuration.contexts > 0 else { return }
    for row in 0..<embeddings.rows.count {
      for index in 0..<embeddings.rows.width {
        embeddings.rows.elements(ofRow: row)[index] = Self.integer(bytes, at: &position)
      }
    }
    let owners = embeddings.owners
    for index in 0..<owners.count {
      owners.pointer[index].check = Self.integer(bytes, at: &position)
    }
    for index in 0..<owners.count {
      owners.pointer[index].confidence = Self.integer(bytes, at: &position)
    }
  }

  private var parameterByteCount: Int {
    let floats = parameters.count + byteEmbeddings.map { $0.count * $0.width }.reduce(0, +)
    let row = 2 * embeddings.rows.width + 3
    return 4 * floats + (configuration.contexts == 0 ? 0 : row * embeddings.rows.count)
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
