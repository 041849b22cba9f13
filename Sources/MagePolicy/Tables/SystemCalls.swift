/// Names and numbers of the system calls of x86_64, the one architecture whose filters this version compiles.
public enum SystemCallNames {
  /// The name of a call, or `nil` for a number that the table does not know (an x32 call, or one newer than the table).
  public static func name(of number: Int32) -> String? { names[number] }

  /// The number of a call, or `nil` for an unknown name.
  public static func number(of name: String) -> Int32? { numbers[name] }

  /// Every name of the table, sorted.
  public static var all: [String] { sorted }

  private static let numbers: [String: Int32] = Table.parse(SystemCallNumbers.text)
  private static let names = Dictionary(
    numbers.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })
  private static let sorted = numbers.keys.sorted()
}

/// What a filter can see of one argument of a system call.
public enum ArgumentWidth: Equatable, Sendable {
  /// The kernel reads 32 bits of it; so does every comparison.
  case int
  /// The kernel reads 16 bits of it (umode_t).
  case short
  /// 64 bits.
  case long
  /// An address, which cannot be compared.
  case pointer

  /// The bits that a comparison may look at.
  public var mask: UInt64 {
    switch self {
    case .int: 0xFFFF_FFFF
    case .short: 0xFFFF
    case .long: .max
    case .pointer: 0
    }
  }
}

/// One argument of a system call, as its man page names it.
public struct SystemCallArgument: Equatable, Sendable {
  public let name: String
  /// Its place, 0 to 5.
  public let index: Int
  public let width: ArgumentWidth
}

/// The arguments of system calls by name.
public enum SystemCallSignatures {
  /// The arguments of `call` in order; `nil` when the table does not have them, and then no condition can name one.
  public static func arguments(of call: String) -> [SystemCallArgument]? { signatures[call] }

  /// How many calls the table describes.
  public static var count: Int { signatures.count }

  private static let signatures: [String: [SystemCallArgument]] = {
    var result: [String: [SystemCallArgument]] = [:]
    for line in Table.lines(SignatureTable.text) {
      guard let call = line.first else { continue }
      result[String(call)] = line.dropFirst().enumerated().compactMap { argument($1, at: $0) }
    }
    return result
  }()

  private static func argument(_ text: Substring, at index: Int) -> SystemCallArgument? {
    let parts = text.split(separator: ":")
    guard parts.count == 2 else { return nil }
    let widths: [Substring: ArgumentWidth] = ["i": .int, "s": .short, "l": .long, "p": .pointer]
    guard let width = widths[parts[1]] else { return nil }
    return SystemCallArgument(name: String(parts[0]), index: index, width: width)
  }
}

/// Constants that conditions and `errno` may name.
public enum PolicyConstants {
  /// The value of a flag or command, for example `PROT_EXEC`; negative values in two's complement.
  public static func value(of name: String) -> UInt64? { values[name] }

  /// The number of an errno name, for example 1 for `EPERM`.
  public static func errno(named name: String) -> Int32? { errnos[name] }

  /// The name of an errno value. Where two names share a number (EAGAIN, EWOULDBLOCK), the one that sorts first.
  public static func name(ofErrno value: Int32) -> String? { errnoNames[value] }

  /// Every name of ``value(of:)``, sorted.
  public static var names: [String] { all }

  /// A number as policies write it, `-1` and `0x10` too.
  public static func number(_ text: String) -> UInt64? {
    if text.hasPrefix("0x") { return UInt64(text.dropFirst(2), radix: 16) }
    return UInt64(text) ?? Int64(text).map { UInt64(bitPattern: $0) }
  }

  static let all = values.keys.sorted()
  static let allErrnos = errnos.keys.sorted()

  /// What glibc's and musl's pthread_create pass to clone(2): a thread, and nothing but a thread.
  private static let threadFlags = [
    "CLONE_VM", "CLONE_FS", "CLONE_FILES", "CLONE_SYSVSEM", "CLONE_SIGHAND", "CLONE_THREAD",
    "CLONE_SETTLS", "CLONE_PARENT_SETTID", "CLONE_CHILD_CLEARTID",
  ]

  private static let values: [String: UInt64] = {
    let table: [String: Int64] = Table.parse(ConstantValues.text)
    var result = table.mapValues { UInt64(bitPattern: $0) }
    result["THREAD_FLAGS"] = threadFlags.reduce(0) { $0 | (result[$1] ?? 0) }
    return result
  }()
  private static let errnos: [String: Int32] = Table.parse(ErrnoValues.text)
  private static let errnoNames = Dictionary(
    errnos.map { ($0.value, $0.key) }, uniquingKeysWith: { min($0, $1) })
}

/// Reads the generated tables: `NAME VALUE` lines.
enum Table {
  static func lines(_ text: String) -> [[Substring]] {
    text.split(separator: "\n").map { $0.split(separator: " ") }
  }

  static func parse<Value: FixedWidthInteger>(_ text: String) -> [String: Value] {
    var result: [String: Value] = [:]
    for line in lines(text) where line.count == 2 {
      result[String(line[0])] = Value(line[1])
    }
    return result
  }
}
