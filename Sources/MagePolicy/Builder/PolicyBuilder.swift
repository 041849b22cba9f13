// Whole policies in Swift, section by section, as a policy file has them:
//
//     Policy("reader", version: 1, "Reads what it is sent.") {
//       Descriptors(.null(0...2), .channel(3, "host"))
//       Namespaces(network: .own)
//       Identity(uid: 1000, gid: 1000)
//       Files(.temporary("/tmp", size: .mib(8)), .processes(.minimal))
//       Limits(memory: .mib(64), cpu: .seconds(4))
//       Startup { Allow(.execveat) { $0.flags == .AT_EMPTY_PATH } }
//       Serve { Allow(.read, .write) }
//     }
//
// What a section leaves out has the default that a file has that leaves it out.

/// A part of a policy.
public protocol PolicySection: Sendable {
  /// Writes what it says into the policy.
  func apply(to policy: inout Policy)
}

/// Collects sections. Rules add up; of any other section that is given twice the last one holds.
@resultBuilder public enum PolicySectionBuilder {
  public static func buildBlock(_ sections: any PolicySection...) -> [any PolicySection] {
    sections
  }
}

extension Policy {
  /// - Parameters:
  ///   - name: a letter, then letters, digits, `_`, `-` and `.`.
  ///   - version: counts the policy's changes.
  ///   - summary: one sentence on what the worker is for.
  ///   - sections: what it grants; what is not there is denied.
  public init(
    _ name: String, version: Int = 1, _ summary: String = "",
    @PolicySectionBuilder _ sections: () -> [any PolicySection]
  ) {
    self.init(name: name, version: version, summary: summary, identity: Identity(uid: 0, gid: 0))
    for section in sections() { section.apply(to: &self) }
  }
}

extension Namespaces: PolicySection {
  public func apply(to policy: inout Policy) { policy.namespaces = self }
}

extension Identity: PolicySection {
  public func apply(to policy: inout Policy) { policy.identity = self }
}

extension Limits: PolicySection {
  public func apply(to policy: inout Policy) { policy.limits = self }
}

extension IPCQuota: PolicySection {
  public func apply(to policy: inout Policy) { policy.ipc = self }
}

extension PolicyTest: PolicySection {
  public func apply(to policy: inout Policy) { policy.tests.append(self) }
}

/// The least isolation under which the worker may run.
public struct Require: PolicySection {
  private let level: IsolationLevel
  public init(_ level: IsolationLevel) { self.level = level }
  public func apply(to policy: inout Policy) { policy.requirement = level }
}

/// Rules for a process that starts.
public struct Startup: PolicySection {
  private let rules: [Rule]
  public init(@RuleBuilder _ rules: () -> [Rule]) { self.rules = rules() }
  public func apply(to policy: inout Policy) {
    policy.startup = PhaseRules(policy.startup.rules + rules)
  }
}

/// Rules for a process that handles outside bytes.
public struct Serve: PolicySection {
  private let rules: [Rule]
  public init(@RuleBuilder _ rules: () -> [Rule]) { self.rules = rules() }
  public func apply(to policy: inout Policy) {
    policy.serve = PhaseRules(policy.serve.rules + rules)
  }
}

/// Bytes, for sizes: `.mib(8)`.
extension UInt64 {
  public static func kib(_ count: UInt64) -> UInt64 { count << 10 }
  public static func mib(_ count: UInt64) -> UInt64 { count << 20 }
  public static func gib(_ count: UInt64) -> UInt64 { count << 30 }
}
