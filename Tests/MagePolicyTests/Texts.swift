import MagePolicy

/// Policies for tests.
enum Texts {
  /// The least that is a policy, before its rules.
  static let head = """
    policy worker version 1
    namespaces { user pid mount ipc uts cgroup net own }
    identity { uid 1 gid 1 capabilities none no-new-privs }
    fds { 3 channel host }

    """

  /// A policy whose serve phase starts in line 6, column 1.
  static func serve(_ rules: String) -> String { head + "syscalls serve {\n\(rules)\n}\n" }

  static func parse(_ text: String) throws(PolicyError) -> Policy {
    try PolicyParser.parse(text, file: "w.sandbox")
  }

  /// What is wrong with the text, as a reader sees it.
  static func complaint(_ text: String) -> String {
    do {
      _ = try parse(text)
      return "nothing"
    } catch {
      return "\(error)"
    }
  }
}
