/// Constants that conditions and `errno` may name.
public enum PolicyConstants {
  /// The value of a flag or command, for example `PROT_EXEC`; negative values in two's complement.
  public static func value(of name: String) -> UInt64? {
    if name == "THREAD_FLAGS" { return threadFlags }
    return values.number(of: name).map { UInt64(bitPattern: $0) }
  }

  /// The number of an errno name, for example 1 for `EPERM`.
  public static func errno(named name: String) -> Int32? {
    errnos.number(of: name).flatMap { Int32(exactly: $0) }
  }

  /// The name of an errno value. Where two names share a number (EAGAIN, EWOULDBLOCK), the one that sorts first.
  public static func name(ofErrno value: Int32) -> String? {
    errnos.key(of: Int64(value))
  }

  /// Every name of ``value(of:)``, sorted.
  public static var names: [String] { all }

  /// A number as policies write it, `-1` and `0x10` too.
  public static func number(_ text: String) -> UInt64? {
    if text.hasPrefix("0x") { return UInt64(text.dropFirst(2), radix: 16) }
    return UInt64(text) ?? Int64(text).map { UInt64(bitPattern: $0) }
  }

  /// A value in names that start with `prefix`, one of them or bits joined by `|`; `nil` where they do not make it up.
  static func spelling(of value: UInt64, prefix: String) -> String? {
    let known = values.keys.filter { $0.hasPrefix(prefix) }
    // Of two names for one value the longer says more (MAP_ANON, MAP_ANONYMOUS).
    func name(_ wanted: UInt64) -> String? {
      known.filter { Self.value(of: $0) == wanted }.max { $0.utf8.count < $1.utf8.count }
    }
    if value == threadFlags, prefix == "CLONE_" { return "THREAD_FLAGS" }
    if let name = name(value) { return name }
    let bits = (0..<64).map { UInt64(1) << UInt64($0) }.filter { value & $0 != 0 }
    let names = bits.compactMap(name)
    return names.count == bits.count && !names.isEmpty ? names.joined(separator: "|") : nil
  }

  static let all = (values.keys + ["THREAD_FLAGS"]).sorted()
  static let allErrnos = errnos.keys

  /// What glibc's and musl's pthread_create pass to clone(2): a thread, and nothing but a thread.
  private static let threadFlags = [
    "CLONE_VM", "CLONE_FS", "CLONE_FILES", "CLONE_SYSVSEM", "CLONE_SIGHAND", "CLONE_THREAD",
    "CLONE_SETTLS", "CLONE_PARENT_SETTID", "CLONE_CHILD_CLEARTID",
  ].reduce(0) { $0 | (value(of: $1) ?? 0) }

  private static let values = SortedLines(ConstantValues.text)
  private static let errnos = SortedLines(ErrnoValues.text)
}
