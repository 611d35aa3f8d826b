// SPDX-License-Identifier: Apache-2.0

import Contexts
import LSTM
import Platform
import Serialisation

extension TrainedModelFile {
  /// Reads a model file, whose memory the model goes on to use.
  ///
  /// - Throws: ``FormatError`` with the code `invalidModelFile`.
  /// - Complexity: O(1), but for the memory that is read later.
  package init(_ file: ConstantBuffer<UInt8>) throws(FormatError) {
    do {
      try self.init(parsing: file)
    } catch let error as ConfigurationError {
      throw FormatError.invalidModelFile(error.message)
    } catch let error as FormatError {
      throw error
    } catch {
      throw FormatError.invalidModelFile("\(error)")
    }
  }

  private init(parsing file: ConstantBuffer<UInt8>) throws {
    // Parts are read in place, as numbers of their own size.
    guard
      UnsafeRawPointer(file.pointer) == UnsafeRawPointer(file.pointer).alignedUp(toMultipleOf: 64)
    else { throw FormatError.invalidModelFile("its memory is not aligned") }
    var reader = ModelFileReader(file)
    guard try reader.bytes(4) == Self.magic else {
      throw FormatError.invalidModelFile("it is not a model file")
    }
    let head = try reader.bytes(4)
    guard head[0] == Self.version else {
      throw FormatError.invalidModelFile("its version, \(head[0]), is not supported")
    }
    let (rowBits, width) = (Int(head[2]), Int(head[3]))
    guard NgramIndex.rowBitsRange.contains(rowBits),
      (1...Self.greatestNetworkCount).contains(Int(head[1]))
    else { throw FormatError.invalidModelFile("its head is out of range") }
    let scale = Float(bitPattern: try reader.uint32())
    guard scale.isFinite else { throw FormatError.invalidModelFile("its scale is no number") }
    let recordCount = Int(try reader.uint32())
    let parts = try (0..<reader.bytes(4)[0]).map { _ in
      (fields: try reader.bytes(4), count: Int(try reader.uint32()))
    }
    let shapes = try (0..<head[1]).map { _ in try reader.bytes(4).map(Int.init) }
    guard shapes.allSatisfy({ $0[2] == NgramHasher.contextCount }) else {
      throw FormatError.invalidModelFile("it has another number of n-grams")
    }
    let sizes = try shapes.map {
      try TrainedNetwork.sizes(layers: $0[0], cells: 16 * $0[1], ngrams: $0[2], width: width)
    }
    let moments = try sizes.map { size in
      try (0..<size.secondMoments).map { _ in
        let moment = Float(bitPattern: try reader.uint32())
        guard moment.isFinite, moment >= 0 else {
          throw FormatError.invalidModelFile("a second moment is no number")
        }
        return moment
      }
    }
    var networks: [TrainedNetwork] = []
    for (index, shape) in shapes.enumerated() {
      let parameters = try reader.weights(sizes[index].parameters)
      networks.append(
        try TrainedNetwork(
          layers: shape[0], cells: 16 * shape[1], ngrams: shape[2], ngramWidth: width,
          parameters: parameters, byteEmbeddings: try reader.weights(sizes[index].byteEmbeddings),
          secondMoments: moments[index]))
    }
    let index = NgramIndex(rowBits: rowBits, checks: try reader.buffer(1 << rowBits))
    let values: ConstantBuffer<UInt8> = try reader.buffer((width / 2) << rowBits)
    ngrams = NgramTable(
      index: index, width: width, values: values, rowScales: try reader.buffer(1 << rowBits),
      scale: scale)
    self.networks = networks
    experts = try parts.map { part in
      Experts(
        contentType: part.fields[0], networks: NetworkSelection(code: part.fields[1]),
        expertSet: part.fields[2],
        parameters: Array((try reader.buffer(part.count) as ConstantBuffer<UInt16>).values))
    }
    record = try reader.bytes(recordCount)
    guard reader.isAtEnd else { throw FormatError.invalidModelFile("it is too long") }
  }
}

/// Reads the parts of a model file in place.
private struct ModelFileReader {
  private let file: ConstantBuffer<UInt8>
  private var position = 0

  init(_ file: ConstantBuffer<UInt8>) { self.file = file }

  var isAtEnd: Bool { position == file.count }

  mutating func bytes(_ count: Int) throws -> [UInt8] {
    guard count <= file.count - position else {
      throw FormatError.invalidModelFile("it is truncated")
    }
    defer { position += count }
    return Array(file.values[position..<position + count])
  }

  mutating func uint32() throws -> UInt32 {
    UInt32(littleEndian: try bytes(4))
  }

  mutating func weights(_ count: Int) throws -> RoundedWeights {
    let values: ConstantBuffer<Int8> = try buffer(count)
    return try RoundedWeights(values: values, scales: buffer(RoundedWeights.blocks(of: count)))
  }

  /// `count` elements from the next place that is a multiple of 64.
  mutating func buffer<Element: BitwiseCopyable>(_ count: Int) throws -> ConstantBuffer<Element> {
    let start = (position + 63) & ~63
    let size = count * MemoryLayout<Element>.stride
    guard start <= file.count, size <= file.count - start else {
      throw FormatError.invalidModelFile("it is truncated")
    }
    position = start + size
    let memory = UnsafeRawPointer(file.pointer + start)
    return ConstantBuffer(
      pointer: memory.assumingMemoryBound(to: Element.self), count: count, owner: file.owner)
  }
}
