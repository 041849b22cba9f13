// What the host does in a worker's place: `broker` in `filesystem`, and the section `network`.

extension Parser {
  private static let defaultMaxOpen: UInt32 = 64

  /// `broker read "/usr/share/fonts/**" max-open 32`: everything before the first part with a `*` is the directory.
  mutating func brokered() throws(PolicyError) -> FileSystem.Brokered {
    let access = try word("'read' or 'write'")
    guard let known = FileSystem.Brokered.Access(rawValue: access.value) else {
      throw .unknown("access", access, among: ["read", "write"])
    }
    let position = current.position
    let parts = try path().split(separator: "/")
    var fixed = parts.prefix { !$0.contains("*") }
    // A grant without a `*` names one file; its directory is what the host opens.
    if fixed.count == parts.count { fixed = fixed.dropLast() }
    guard !fixed.isEmpty else {
      throw PolicyError(position, "a brokered file lies in a directory below '/'")
    }
    var grant = FileSystem.Brokered(
      known, directory: "/" + fixed.joined(separator: "/"),
      pattern: parts.dropFirst(fixed.count).joined(separator: "/"), maxOpen: Self.defaultMaxOpen)
    if takeWord("max-open") { grant.maxOpen = try count("a number of files") }
    // Links out of the directory are never followed; the word may say so.
    _ = takeWord("no-symlinks")
    return grant
  }

  mutating func parseNetwork(_ position: SourcePosition) throws(PolicyError) {
    var grants: [ConnectGrant] = []
    try block(keys: ["connect"], repeatable: ["connect"]) { parser, _ throws(PolicyError) in
      let host = try parser.string("a host")
      guard HostName.isValid(host.value) else {
        throw PolicyError(
          host.position,
          "a host is an address as numbers, or a name of letters, digits, '-' and '.'")
      }
      try parser.keyword("port")
      let port = try parser.number("a port", in: 1...65535)
      let grant = ConnectGrant(host: host.value, port: UInt16(truncatingIfNeeded: port))
      guard !grants.contains(grant) else {
        throw PolicyError(host.position, "'\(host.value)' port \(port) is given twice")
      }
      grants.append(grant)
    }
    syntax.connections = Located(value: grants, position: position)
  }
}

/// What `connect` may name. Names are looked up by the host, once, when it plans a program; what they mean then they mean for all
/// of its life.
enum HostName {
  static func isValid(_ text: String) -> Bool {
    text.contains(":") ? isVersion6(text) : isName(text)
  }

  /// The letters of an IPv6 address; whether it is one is the host's to find out.
  private static func isVersion6(_ text: String) -> Bool {
    text.utf8.count <= 45
      && text.unicodeScalars.allSatisfy { $0 == ":" || $0 == "." || $0.isHexadecimal }
  }

  /// Labels of a domain name (RFC 1123, 2.1), which the numbers of an IPv4 address are too.
  private static func isName(_ text: String) -> Bool {
    let labels = text.split(separator: ".", omittingEmptySubsequences: false)
    return text.utf8.count <= 253
      && labels.allSatisfy { label in
        (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
          && label.unicodeScalars.allSatisfy {
            $0 == "-" || ($0.isLetter && $0 != "_") || $0.isDigit
          }
      }
  }
}
