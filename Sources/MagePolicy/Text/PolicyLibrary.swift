internal import MageSystem

/// A directory of policies, by convention `SandboxPolicies`: `NAME.sandbox` files, and groups that they include.
public struct PolicyLibrary: Sendable {
  public let directory: String

  private static let suffix = ".sandbox"

  /// Nothing is read yet.
  public init(directory: String) { self.directory = directory }

  /// The policy in `NAME.sandbox`, which must be called `name` inside as well.
  ///
  /// - Throws: the first mistake in it, or that it does not exist.
  public func policy(named name: String) throws(PolicyError) -> Policy {
    let file = name + Self.suffix
    let text: String
    do throws(IncludeFailure) {
      guard IncludePath.isValid(file) else { throw IncludeFailure("'\(name)' is no policy's name") }
      text = try include(file)
    } catch {
      let names = error.known.map { String($0.dropLast(Self.suffix.count)) }
      throw PolicyError(
        file: file, line: 0, column: 0, message: error.message,
        suggestion: Spelling.nearest(to: name, among: names))
    }
    let policy = try PolicyParser.parse(text, file: file, include: include)
    guard policy.name == name else {
      throw PolicyError(
        file: file, line: 1, column: 1, message: "policy '\(policy.name)' in a file named '\(file)'"
      )
    }
    return policy
  }

  /// The policy in a file anywhere; what it includes comes from the library. A file whose first letter is `{` is in JSON.
  ///
  /// - Throws: the first mistake in it, or that it cannot be read.
  public func policy(atPath path: String) throws(PolicyError) -> Policy {
    let text: String
    do {
      text = try PolicyFile.text(atPath: path)
    } catch {
      throw PolicyError(file: path, line: 0, column: 0, message: error.message)
    }
    guard text.first(where: { !$0.isWhitespace }) == "{" else {
      return try PolicyParser.parse(text, file: path, include: include)
    }
    return try PolicyParser.parseJSON(text, file: path)
  }

  private func include(_ name: String) throws(IncludeFailure) -> String {
    do throws(IncludeFailure) {
      return try PolicyFile.text(of: name, in: directory)
    } catch {
      let names = known(near: name)
      // A file that is there was refused for what it is; another name would not help.
      throw IncludeFailure(error.message, known: names.contains(name) ? [] : names)
    }
  }

  /// The names in the directory where `name` would be.
  private func known(near name: String) -> [String] {
    let folder = name.split(separator: "/").dropLast().map { "\($0)/" }.joined()
    let names = (try? DirectoryListing.names(in: "\(directory)/\(folder)", limit: 4096)) ?? []
    return names.filter { $0.hasSuffix(Self.suffix) }.map { folder + $0 }
  }
}
