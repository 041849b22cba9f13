internal import Mage
internal import MagePolicy
internal import MageSeccomp
internal import Synchronization

/// Which interfaces the workers under one policy may be bound to: what `[Sandbox]` and `[From]` say, held against that policy.
///
/// It guards against mistakes of the host's author, not against workers, so it is asked when something is bound and not with
/// each message.
final class InterfaceRules: Sendable {
  private let policy: Policy
  /// Where the policies that interfaces name are; `nil` when the host was given none.
  private let library: PolicyLibrary?
  /// What came of looking, by the policy named: comparing all rules of two policies takes longer than binding.
  private let known = Mutex<[String: Finding]>([:])

  private enum Finding {
    case strictEnough
    case refused(String)
  }

  init(_ policy: Policy, library: PolicyLibrary?) {
    self.policy = policy
    self.library = library
  }

  /// Why a worker may not implement an interface that its host calls; `nil` when it may.
  func refusalAsImplementation(of interface: any Interface.Type) -> String? {
    if interface.from == .worker {
      return """
        interface \(interface.name) is called by the worker ([From=worker]) and implemented by its host: \
        bind it with receive(_:)
        """
    }
    guard let floor = interface.sandbox, case .refused(let reason) = finding(for: floor) else {
      return nil
    }
    return "interface \(interface.name) asks for policy '\(floor)' or a stricter one, \(reason)"
  }

  /// Why a worker may not call an interface that its host implements; `nil` when it may.
  func refusalAsCaller(of interface: any Interface.Type) -> String? {
    if interface.from == .host {
      return """
        interface \(interface.name) is called by the host ([From=host]) and implemented by the worker: \
        bind it with remote(_:)
        """
    }
    guard let floor = interface.sandbox else { return nil }
    return """
      interface \(interface.name) may only be implemented under policy '\(floor)' ([Sandbox]), and the host runs under none: \
      let a worker implement it, or take [Sandbox] off the interface
      """
  }

  func check(implemented interfaces: [any Interface.Type]) throws(SpawnError) {
    for interface in interfaces {
      if let reason = refusalAsImplementation(of: interface) { throw .notPossible(reason) }
    }
  }

  func check(called interfaces: [any Interface.Type]) throws(SpawnError) {
    for interface in interfaces {
      if let reason = refusalAsCaller(of: interface) { throw .notPossible(reason) }
    }
  }

  private func finding(for floor: String) -> Finding {
    known.withLock { known in
      if let finding = known[floor] { return finding }
      let finding = compare(with: floor)
      known[floor] = finding
      return finding
    }
  }

  private func compare(with floor: String) -> Finding {
    guard let library else {
      // Whoever made the policy called it so.
      if policy.name == floor { return .strictEnough }
      return .refused(
        """
        and the worker runs under '\(policy.name)': pass the library of policies to Host(policies:), which then compares them, \
        or spawn the worker under '\(floor)'
        """)
    }
    do {
      let excess = try PolicyExcess.of(policy, beyond: try library.policy(named: floor))
      return excess.isEmpty ? .strictEnough : .refused(complaint(excess, floor))
    } catch {
      return .refused("which cannot be compared with the worker's: \(error)")
    }
  }

  private static let mostExamples = 4

  private func complaint(_ excess: [PolicyExcess], _ floor: String) -> String {
    let examples = excess.prefix(Self.mostExamples).map { "\($0)" }.joined(separator: "; ")
    let rest = excess.count - Self.mostExamples
    return """
      and the worker's policy '\(policy.name)' grants more: \(examples)\(rest > 0 ? "; and \(rest) more" : ""). Spawn the worker \
      under '\(floor)', take these out of '\(policy.name)', or name a weaker policy in [Sandbox] of the interface
      """
  }
}
