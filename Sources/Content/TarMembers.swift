// SPDX-License-Identifier: Apache-2.0

/// The members of a tar archive (POSIX.1-2017, pax, "ustar interchange format").
enum TarMembers {
  private static let block = 512

  /// Where the contents of the members lie in `bytes`; nil if these are not a tar archive.
  ///
  /// A frame may begin or end within an archive, so that the last member may be cut off; what comes before
  /// the first header is nobody's.
  static func find(_ bytes: ArraySlice<UInt8>) -> [Range<Int>]? {
    var members: [Range<Int>] = []
    var place = bytes.startIndex
    while place + block <= bytes.endIndex {
      if bytes[place] == 0 {
        place += block
        continue
      }
      guard let size = size(bytes[place..<place + block]) else { break }
      let start = place + block
      let end = min(start + size, bytes.endIndex)
      if start < end { members.append(start..<end) }
      let (blocks, overflow) = size.addingReportingOverflow(block - 1)
      guard !overflow else { break }
      place = start + blocks / block * block
    }
    return members.isEmpty ? nil : members
  }

  /// The size that a header tells of its member; nil if it is not a header.
  private static func size(_ header: ArraySlice<UInt8>) -> Int? {
    let start = header.startIndex
    guard header[start + 257..<start + 262].elementsEqual("ustar".utf8),
      let size = octal(header[start + 124..<start + 136]),
      let checksum = octal(header[start + 148..<start + 156])
    else { return nil }
    let field = start + 148..<start + 156
    let sum = header.indices.reduce(0) { $0 + (field.contains($1) ? 32 : Int(header[$1])) }
    return sum == checksum ? size : nil
  }

  private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
    let digits = field.drop { $0 == 32 }.prefix { $0 >= 48 && $0 < 56 }
    return digits.isEmpty ? nil : digits.reduce(0) { $0 << 3 | Int($1 - 48) }
  }
}
