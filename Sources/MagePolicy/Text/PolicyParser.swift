/// Why a file that a policy includes could not be had.
public struct IncludeFailure: Error, Equatable, Sendable {
  public var message: String
  /// The names that exist, for a suggestion.
  public var known: [String]

  public init(_ message: String, known: [String] = []) {
    self.message = message
    self.known = known
  }
}

/// Reads policies from text, without files.
public enum PolicyParser {
  /// - Parameters:
  ///   - text: the policy.
  ///   - file: its name, for messages.
  ///   - include: gives the text of an included file. Its argument is a checked name: relative, `/` between parts, no `..`.
  /// - Throws: the first mistake in the policy or in what it includes.
  public static func parse(
    _ text: String, file: String,
    include: (String) throws(IncludeFailure) -> String = noIncludes
  ) throws(PolicyError) -> Policy {
    let syntax = try Parser.parse(text, file: file)
    guard syntax.kind == .policy else {
      throw PolicyError(syntax.name.position, "'\(syntax.name.value)' is a group, not a policy")
    }
    var resolver = Resolver(syntax)
    try resolver.follow(syntax.includes, from: [file], include)
    return try resolver.policy()
  }

  /// For text that includes nothing.
  public static func noIncludes(_ name: String) throws(IncludeFailure) -> String {
    throw IncludeFailure("cannot include '\(name)': there is no library")
  }
}

extension PolicyParser {
  /// Reads the JSON form of a policy (``Policy/json``), which includes nothing.
  ///
  /// - Throws: the first mistake; in a rule, with its place in the text form.
  public static func parseJSON(_ text: String, file: String) throws(PolicyError) -> Policy {
    let written: String
    do throws(JSONValue.Malformed) {
      let json = try JSONValue.parse(text)
      do throws(PolicyJSONReader.Mistake) {
        written = try PolicyJSONReader.text(of: json)
      } catch {
        throw JSONValue.Malformed(message: error.message, offset: 0)
      }
    } catch {
      let line = text.utf8.prefix(error.offset).count { $0 == 0x0A } + 1
      throw PolicyError(
        file: file, line: error.offset > 0 ? line : 0, column: error.offset > 0 ? 1 : 0,
        message: error.message)
    }
    return try parse(written, file: file)
  }
}
