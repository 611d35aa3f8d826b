// SPDX-License-Identifier: Apache-2.0

import CZlib

/// The zlib stream of `content`.
func zlib(_ content: [UInt8]) -> [UInt8] {
  var size = compressBound(uLong(content.count))
  var result = [UInt8](repeating: 0, count: Int(size))
  precondition(compress2(&result, &size, content, uLong(content.count), 6) == Z_OK)
  return Array(result[..<Int(size)])
}

func raw(_ content: [UInt8]) -> [UInt8] { Array(zlib(content)[2...].dropLast(4)) }

func little(_ value: Int, _ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
}

func big32(_ value: Int) -> [UInt8] { little(value, 4).reversed() }

func text(_ count: Int, _ seed: Int) -> [UInt8] {
  var content: [UInt8] = []
  var number = seed
  while content.count < count {
    number = (number * 1_103_515_245 + 12345) % (1 << 31)
    content += Array("line \(number >> 16) of text\n".utf8)
  }
  return Array(content[..<count])
}

let filler: [UInt8] = (0..<200).map { UInt8(truncatingIfNeeded: $0 * 37) }

func gzip(_ content: [UInt8]) -> [UInt8] {
  let checksum = Int(crc32(0, content, uInt(content.count)))
  return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + raw(content) + little(checksum, 4)
    + little(content.count, 4)
}

/// A PNG file of 100 times 16 pixels of 3 bytes, with the zlib stream `data` in chunks.
func png(_ data: [UInt8], chunk: Int) -> [UInt8] {
  var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10] + big32(13) + Array("IHDR".utf8)
  bytes += big32(100) + big32(16) + [8, 2, 0, 0, 0] + [1, 2, 3, 4]
  for start in stride(from: 0, to: data.count, by: chunk) {
    let part = Array(data[start..<min(start + chunk, data.count)])
    bytes += big32(part.count) + Array("IDAT".utf8) + part + [5, 6, 7, 8]
  }
  return bytes + big32(0) + Array("IEND".utf8) + [1, 1, 1, 1]
}

/// A tar archive.
func tar(_ members: [[UInt8]]) -> [UInt8] {
  var archive: [UInt8] = []
  for (index, member) in members.enumerated() {
    var header = [UInt8](repeating: 0, count: 512)
    func write(_ text: String, at place: Int) {
      header.replaceSubrange(place..<place + text.utf8.count, with: text.utf8)
    }
    func octal(_ value: Int, width: Int) -> String {
      let digits = String(value, radix: 8)
      return String(repeating: "0", count: width - digits.count) + digits
    }
    write("member\(index)", at: 0)
    write(octal(member.count, width: 11), at: 124)
    write("        ", at: 148)
    write("0", at: 156)
    write("ustar", at: 257)
    write(octal(header.reduce(0) { $0 + Int($1) }, width: 6), at: 148)
    header[154] = 0
    archive += header + member
    archive += [UInt8](repeating: 0, count: (512 - member.count % 512) % 512)
  }
  return archive + [UInt8](repeating: 0, count: 1024)
}
