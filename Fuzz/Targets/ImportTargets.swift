@testable internal import MagePolicy

/// Policies of other languages: what is carried over is a policy's text that is read, and printed again as the same rules.
enum ImportTarget {
  private static let base = try? PolicyParser.parse(
    """
    policy base version 1
    fds { 0 input 1..2 output }
    namespaces { user pid mount ipc uts cgroup net own }
    identity { uid 1 gid 1 capabilities none no-new-privs }
    """, file: "base")

  static func run(_ bytes: [UInt8], _ format: PolicyImport.Format) -> Bool {
    guard let text = String(validating: bytes, as: UTF8.self), let base else { return true }
    let imported: ImportedPolicy
    do throws(PolicyError) {
      imported = try PolicyImport.read(text, format: format, file: "fuzz")
    } catch {
      return "\(error)".utf8.count < 10_000
    }
    guard
      let policy = try? PolicyParser.parse(
        imported.text(name: "imported", base: base), file: "imported"),
      let again = try? PolicyParser.parse("\(policy)", file: "again")
    else { return false }
    return "\(again)" == "\(policy)" && policy.serve.rules.isEmpty
      && policy.startup.rules.allSatisfy { isGuarded($0) }
  }

  /// Nothing dangerous comes in without a word about where from.
  private static func isGuarded(_ rule: Rule) -> Bool {
    guard rule.action == .allow else { return true }
    return !DangerousCalls.contains(rule.call, conditional: rule.condition != nil)
      || rule.dangerousReason?.hasPrefix("IMPORTED: fuzz") == true
  }
}
