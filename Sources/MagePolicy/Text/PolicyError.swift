/// Why a policy was refused: the first mistake in it, and where.
public struct PolicyError: Error, Equatable, Sendable {
  /// The file as the library names it.
  public var file: String
  /// From 1; 0 when the whole file is meant, for example because it is missing.
  public var line: Int
  /// From 1, in Unicode scalars; 0 when the whole file is meant.
  public var column: Int
  public var message: String
  /// A known name that is close to an unknown one.
  public var suggestion: String?

  public init(file: String, line: Int, column: Int, message: String, suggestion: String? = nil) {
    self.file = file
    self.line = line
    self.column = column
    self.message = message
    self.suggestion = suggestion
  }

  init(_ position: SourcePosition, _ message: String, suggestion: String? = nil) {
    self.init(
      file: position.file, line: position.line, column: position.column, message: message,
      suggestion: suggestion)
  }

  /// An unknown name, with the nearest of the known ones.
  static func unknown(_ what: String, _ name: Located<String>, among known: [String]) -> PolicyError
  {
    PolicyError(
      name.position, "unknown \(what) '\(name.value)'",
      suggestion: Spelling.nearest(to: name.value, among: known))
  }

  /// The known name that somebody who typed `name` meant, if one is near.
  public static func suggestion(for name: String, among known: [String]) -> String? {
    Spelling.nearest(to: name, among: known)
  }

  /// A key of the language that has no implementation: refused, since to ignore it would grant or limit something else
  /// than the author reads.
  static func unsupported(_ what: String, at position: SourcePosition) -> PolicyError {
    PolicyError(position, "'\(what)' is not supported by this version")
  }
}

extension PolicyError: CustomStringConvertible {
  public var description: String {
    let place = line > 0 ? "\(file):\(line):\(column)" : file
    guard let suggestion else { return "\(place): \(message)" }
    return "\(place): \(message) (did you mean '\(suggestion)'?)"
  }
}
