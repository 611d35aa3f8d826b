// SPDX-License-Identifier: Apache-2.0

import CPlatform
import Platform

/// Gives an output what its input has besides the content: owner, group, mode, times, extended
/// attributes and access lists.
///
/// Nobody may read the output who could not read the input. What a file system or the user's rights do
/// not allow is left out: the content is what counts.
enum FileMetadata {
  private static let accessList = "system.posix_acl_access"

  /// Copies all that can be copied to a file that only its owner can open so far.
  static func copy(from input: InputFile, to output: Int32) {
    let status = input.status
    // The group first: whoever gives the file away may not change it any more.
    let keepsGroup = fchown(output, uid_t.max, status.st_gid) == 0
    _ = fchown(output, status.st_uid, gid_t.max)
    copyAttributes(from: input.descriptor.number, to: output, withAccessList: keepsGroup)
    fchmod(output, mode(of: status, keepsGroup: keepsGroup))
    futimens(output, status.times)
  }

  /// The mode of the output.
  ///
  /// A group that is not the input's gets what all others get at most, and all others what the
  /// input's group got at most, since its members are among them now.
  private static func mode(of status: stat, keepsGroup: Bool) -> mode_t {
    let mode = status.st_mode & 0o777
    guard !keepsGroup else { return mode }
    let shared = (mode & 0o070) >> 3 & mode & 0o007
    return mode & 0o700 | shared << 3 | shared
  }

  #if os(Linux)
    private static func copyAttributes(
      from input: Int32, to output: Int32, withAccessList: Bool
    ) {
      // A list that the folder gives by default could let in somebody else.
      fremovexattr(output, accessList)
      for name in names(of: input) where isCopied(name) {
        guard withAccessList || name != accessList else { continue }
        let size = fgetxattr(input, name, nil, 0)
        guard size >= 0 else { continue }
        var value = [UInt8](repeating: 0, count: size)
        let count = fgetxattr(input, name, &value, size)
        if count >= 0 { fsetxattr(output, name, value, count, 0) }
      }
    }

    /// Those that users set, and the access list.
    ///
    /// What the system gives a file for its place or its
    /// content, such as a security label or a program's capabilities, is not the output's.
    private static func isCopied(_ name: String) -> Bool {
      name.hasPrefix("user.") || name == accessList
    }

    private static func names(of descriptor: Int32) -> [String] {
      let size = flistxattr(descriptor, nil, 0)
      guard size > 0 else { return [] }
      var list = [CChar](repeating: 0, count: size)
      let count = flistxattr(descriptor, &list, size)
      guard count > 0 else { return [] }
      return list.prefix(count).split(separator: 0).map { name in
        String(decoding: name.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      }
    }
  #elseif canImport(Darwin)
    private static func copyAttributes(
      from input: Int32, to output: Int32, withAccessList: Bool
    ) {
      let parts = withAccessList ? COPYFILE_XATTR | COPYFILE_ACL : COPYFILE_XATTR
      fcopyfile(input, output, nil, copyfile_flags_t(parts))
    }
  #else
    private static func copyAttributes(
      from input: Int32, to output: Int32, withAccessList: Bool
    ) {}
  #endif
}
