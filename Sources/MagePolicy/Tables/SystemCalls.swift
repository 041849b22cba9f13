/// Names and numbers of the system calls of x86_64, the one architecture whose filters this version compiles.
public enum SystemCallNames {
  /// The name of a call, or `nil` for a number that the table does not know (an x32 call, or one newer than the table).
  public static func name(of number: Int32) -> String? { names[number] }

  /// The number of a call, or `nil` for an unknown name.
  public static func number(of name: String) -> Int32? { numbers[name] }

  /// Every name of the table, sorted.
  public static var all: [String] { sorted }

  /// Every rule is looked up several times, so this table alone is worth a dictionary.
  private static let numbers = SortedLines.numbers(SystemCallNumbers.text)
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
  public static func arguments(of call: String) -> [SystemCallArgument]? {
    table.words(of: call).map { words in
      words.enumerated().compactMap { argument($1, at: $0) }
    }
  }

  /// How many calls the table describes.
  public static var count: Int { table.keys.count }

  private static let table = SortedLines(SignatureTable.text)

  /// `NAME:W`.
  private static func argument(_ text: Substring, at index: Int) -> SystemCallArgument? {
    let width: ArgumentWidth? =
      switch text.last {
      case "i": .int
      case "s": .short
      case "l": .long
      case "p": .pointer
      default: nil
      }
    return width.map {
      SystemCallArgument(name: String(text.dropLast(2)), index: index, width: $0)
    }
  }
}
