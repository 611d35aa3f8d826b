// SPDX-License-Identifier: Apache-2.0

import Platform

/// How much memory the system lets this process have.
///
/// Without this a container's limit ends the process with SIGKILL, and no word.
enum SystemMemory {
  /// A number of bytes and what sets it.
  struct Allowance {
    var bytes: Int
    var source: String
  }

  /// What this process may still take: the least of the machine's memory and the limits that it has.
  static var allowance: Allowance {
    limits.min { $0.bytes < $1.bytes } ?? Allowance(bytes: .max, source: "nothing")
  }

  /// The memory that the machine has, or the group of processes that this one is in.
  static var total: Int {
    let machine = machineBytes
    return groupLimits.map(\.limit).min().map { min($0, machine) } ?? machine
  }

  private static var machineBytes: Int {
    let (pages, size) = (sysconf(Int32(_SC_PHYS_PAGES)), sysconf(Int32(_SC_PAGESIZE)))
    return pages > 0 && size > 0 ? pages * size : .max
  }

  private static var limits: [Allowance] {
    var limits = [Allowance(bytes: machineBytes, source: "the machine's memory")]
    var limit = rlimit()
    #if canImport(Glibc)
      let status = getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    #else
      let status = getrlimit(RLIMIT_AS, &limit)
    #endif
    if status == 0 && limit.rlim_cur < rlim_t(Int.max) {
      let free = max(0, Int(limit.rlim_cur) - addressSpaceBytes)
      limits.append(Allowance(bytes: free, source: "ulimit -v"))
    }
    limits += groupLimits.map {
      Allowance(bytes: max(0, $0.limit - $0.used), source: "the limit of its cgroup")
    }
    return limits
  }

  #if os(Linux)
    /// What this process has mapped already.
    private static var addressSpaceBytes: Int {
      let fields = text("/proc/self/statm").split(separator: " ")
      return (fields.first.flatMap { Int($0) } ?? 0) * sysconf(Int32(_SC_PAGESIZE))
    }

    /// The limits of the cgroups that this process is in, and what they use.
    private static var groupLimits: [(limit: Int, used: Int)] {
      let lines = text("/proc/self/cgroup").split(separator: "\n")
      var limits: [(limit: Int, used: Int)] = []
      for line in lines {
        let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count == 3 else { continue }
        let isUnified = fields[0] == "0" && fields[1].isEmpty
        guard isUnified || fields[1].split(separator: ",").contains("memory") else { continue }
        let root = isUnified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory"
        let names =
          isUnified
          ? ("memory.max", "memory.current")
          : ("memory.limit_in_bytes", "memory.usage_in_bytes")
        // A container sees its own group at the root, under whatever name it has outside.
        var path = String(fields[2])
        while true {
          if let limit = number(root + path + "/" + names.0) {
            limits.append((limit, number(root + path + "/" + names.1) ?? 0))
          }
          guard let slash = path.lastIndex(of: "/") else { break }
          path = String(path[..<slash])
        }
      }
      return limits
    }

    private static func number(_ path: String) -> Int? {
      Int(text(path).prefix { $0 != "\n" })
    }

    private static func text(_ path: String) -> String {
      let bytes = try? InputFile(FileName(path)).readAll()
      return String(decoding: bytes ?? [], as: UTF8.self)
    }
  #else
    private static var addressSpaceBytes: Int { 0 }
    private static var groupLimits: [(limit: Int, used: Int)] { [] }
  #endif
}
