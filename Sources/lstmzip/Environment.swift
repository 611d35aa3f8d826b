import Platform

/// The variables of the process's environment.
enum Environment {
  /// What a variable says, or nil if it is not set.
  static func value(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}
