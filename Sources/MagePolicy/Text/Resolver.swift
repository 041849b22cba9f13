/// Turns what is written into what it means: follows includes, looks names up, and refuses what contradicts itself.
struct Resolver {
  let syntax: Syntax
  private var rules: [RuleSyntax]
  private var included: [String: Int] = [:]

  /// How deep includes may nest.
  private static let maxDepth = 8
  /// How many groups there may be. With the size of each this bounds what a policy costs to read.
  private static let maxGroups = 64
  /// How many rules a phase may have; a filter has no room for as many.
  private static let maxRules = 4096

  init(_ syntax: Syntax) {
    self.syntax = syntax
    rules = syntax.rules
  }

  /// Adds the rules of included groups. A group that is included twice counts once.
  mutating func follow(
    _ includes: [Syntax.Include], from chain: [String],
    _ read: (String) throws(IncludeFailure) -> String
  ) throws(PolicyError) {
    for include in includes {
      let path = include.path
      guard IncludePath.isValid(path.value) else {
        throw PolicyError(
          path.position, "an include is a name inside the library: no leading '/', no '..'")
      }
      guard !chain.contains(path.value) else {
        throw PolicyError(path.position, "'\(path.value)' includes itself")
      }
      guard chain.count <= Self.maxDepth else {
        throw PolicyError(path.position, "includes nest deeper than \(Self.maxDepth)")
      }
      let version = try follow(path, from: chain, read)
      if let wanted = include.version, wanted.value != UInt64(clamping: version) {
        throw PolicyError(
          wanted.position, "'\(path.value)' is version \(version), not \(wanted.value)")
      }
    }
  }

  private mutating func follow(
    _ path: Located<String>, from chain: [String],
    _ read: (String) throws(IncludeFailure) -> String
  ) throws(PolicyError) -> Int {
    if let version = included[path.value] { return version }
    guard included.count < Self.maxGroups else {
      throw PolicyError(path.position, "more than \(Self.maxGroups) groups are included")
    }
    let group = try Parser.parse(try text(of: path, read), file: path.value)
    guard group.kind == .group else {
      throw PolicyError(path.position, "'\(path.value)' is a policy; only groups are included")
    }
    try follow(group.includes, from: chain + [path.value], read)
    included[path.value] = group.version
    rules += group.rules
    return group.version
  }

  private func text(
    of path: Located<String>, _ read: (String) throws(IncludeFailure) -> String
  ) throws(PolicyError) -> String {
    do {
      return try read(path.value)
    } catch {
      throw PolicyError(
        path.position, error.message,
        suggestion: Spelling.nearest(to: path.value, among: error.known))
    }
  }

  /// The policy, once all includes are followed.
  func policy() throws(PolicyError) -> Policy {
    guard let identity = syntax.identity else { throw lacks("identity") }
    guard let namespaces = syntax.namespaces else { throw lacks("namespaces") }
    let requirement = syntax.requirement?.value ?? .full
    try SectionChecks.descriptors(syntax.descriptors, syntax.limits)
    try SectionChecks.quota(syntax.ipc)
    var policy = Policy(
      name: syntax.name.value, version: syntax.version, summary: syntax.summary ?? "",
      descriptors: syntax.descriptors.map(\.value), namespaces: namespaces.value,
      identity: identity.value, fileSystem: syntax.fileSystem?.value ?? FileSystem(),
      limits: syntax.limits?.value ?? Limits(), ipc: syntax.ipc?.value ?? IPCQuota(),
      requirement: requirement, connections: syntax.connections?.value ?? [])
    policy.allowsTemplates = syntax.allowsTemplates
    policy.startup = PhaseRules(try resolved(.startup, policy))
    policy.serve = PhaseRules(try resolved(.serve, policy))
    try SectionChecks.level(policy, syntax)
    for test in syntax.tests { policy.tests.append(try TestResolver(policy).test(test)) }
    return policy
  }

  private func lacks(_ section: String) -> PolicyError {
    PolicyError(syntax.name.position, "policy '\(syntax.name.value)' lacks '\(section)'")
  }

  private func resolved(_ phase: PolicyPhase, _ policy: Policy) throws(PolicyError) -> [Rule] {
    var result: [Rule] = []
    for rule in rules where rule.phase == phase {
      for call in rule.calls {
        guard result.count < Self.maxRules else {
          throw PolicyError(call.position, "more than \(Self.maxRules) rules in one phase")
        }
        result.append(try RuleResolver(policy).rule(rule, call))
      }
    }
    return result
  }
}

/// What an include may be called.
enum IncludePath {
  /// Names joined by `/`, each of letters, digits, `_`, `-` and `.`, none starting with a dot: so neither absolute, nor out of the library.
  static func isValid(_ path: String) -> Bool {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    return parts.allSatisfy { part in
      !part.isEmpty && !part.hasPrefix(".")
        && part.unicodeScalars.allSatisfy { $0.isLetter || $0.isDigit || $0 == "-" || $0 == "." }
    }
  }
}
