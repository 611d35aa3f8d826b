// SPDX-License-Identifier: Apache-2.0

import ArithmeticCoder

/// A deflate stream that was unpacked so that it can be restored bit for bit.
package struct InflatedStream: Sendable {
  /// What the stream unpacks to.
  package let content: [UInt8]
  /// What is needed besides the content to restore the stream.
  package let reconstruction: [UInt8]
  /// The number of bytes of the stream, of which the last one may have unused bits.
  package let compressedCount: Int
}

/// Unpacks deflate streams (RFC 1951) and restores them.
///
/// The stream's encoder is imitated along the tokens that it really wrote; the reconstruction says with
/// adaptive probabilities where it did something else. All of it is in integers.
package enum DeflateReconstruction {
  /// Unpacks the stream at the beginning of `input`; what follows the stream is left alone.
  ///
  /// - Returns: nil when there is no deflate stream, when a limit was reached, or when the
  ///   reconstruction is not smaller than a quarter of the stream.
  /// - Complexity: O(content), by the work limit.
  package static func analyse(
    _ input: UnsafeBufferPointer<UInt8>, limits: DeflateLimits = DeflateLimits()
  ) -> InflatedStream? {
    var effort = 0
    return analyse(input, limits: limits, effort: &effort) { _, _ in true }
  }

  /// Unpacks the stream at the beginning of `input`, where it is one that is looked for.
  ///
  /// - Parameters:
  ///   - effort: The bytes that were read or unpacked are added to it, also where this fails.
  ///   - accept: Says, given the content and the number of bytes of the stream, whether to go on; called
  ///     before the costly part.
  package static func analyse(
    _ input: UnsafeBufferPointer<UInt8>, limits: DeflateLimits, effort: inout Int,
    accept: ([UInt8], Int) -> Bool
  ) -> InflatedStream? {
    do {
      let stream = try StreamParser.parse(input, limits, effort: &effort)
      guard accept(stream.content, stream.compressedCount) else { return nil }
      let reconstruction = try describe(stream, limits)
      guard reconstruction.count < (stream.compressedCount + 3) / 4 else { return nil }
      let restored = try restore(
        content: stream.content, reconstruction: reconstruction, limits: limits)
      guard restored.elementsEqual(input.prefix(stream.compressedCount)) else { return nil }
      return InflatedStream(
        content: stream.content, reconstruction: reconstruction,
        compressedCount: stream.compressedCount)
    } catch { return nil }
  }

  /// Restores a stream.
  ///
  /// - Throws: ``DeflateError/damaged`` or ``DeflateError/limit``; never anything for what
  ///   ``analyse(_:limits:)`` made with the same limits.
  package static func restore(
    content: [UInt8], reconstruction: [UInt8], limits: DeflateLimits = DeflateLimits()
  ) throws(DeflateError) -> [UInt8] {
    guard content.count <= limits.content else { throw .limit }
    var result: Result<[UInt8], DeflateError> = .failure(.damaged)
    content.withUnsafeBufferPointer { buffer in
      result = Result { () throws(DeflateError) in
        try restore(buffer, reconstruction, limits)
      }
    }
    return try result.get()
  }

  private static func restore(
    _ content: UnsafeBufferPointer<UInt8>, _ reconstruction: [UInt8], _ limits: DeflateLimits
  ) throws(DeflateError) -> [UInt8] {
    var coder = DecisionDecoder(decoder: BinaryDecoder(reconstruction))
    let parameters = try StreamParameters().code(&coder)
    let decoder = StreamCoder(
      coder, parameters, content: content, limits: limits, memory: SearchMemory())
    // A stored byte takes 8 bits, any other at most 15, and a block's header less than 400 bytes.
    var writer = StreamWriter(mostBytes: content.count * 3 + 1 << 20)
    var start = 0
    for _ in 0..<limits.blocks {
      let (block, tokens) = try decoder.code(Block(kind: .stored, isFinal: false), [])
      let slice = UnsafeBufferPointer(rebasing: content[start..<start + block.contentCount])
      try writer.write(block, tokens: tokens, content: slice)
      start += block.contentCount
      if block.isFinal {
        let padding = try decoder.codeEnd(padding: 0)
        do { try decoder.coder.decoder.finish() } catch { throw .damaged }
        return writer.finish(padding: padding)
      }
    }
    throw .limit
  }

  private static func describe(
    _ stream: ParsedStream, _ limits: DeflateLimits
  ) throws(DeflateError) -> [UInt8] {
    var result: Result<[UInt8], DeflateError> = .failure(.damaged)
    stream.content.withUnsafeBufferPointer { content in
      result = Result { () throws(DeflateError) in
        try ParameterEstimate(stream, content, limits).shortest()
      }
    }
    return try result.get()
  }
}
