internal import MagePolicy
internal import MageSystem

/// A call that the filter shows to the host although the policy allows it, so that the host can count or compare what a filter cannot.
struct ShownCall {
  let call: StoppedCall
  let name: String
  /// The number of the process on this machine, that of its first thread.
  let process: Int32

  /// Its arguments as the policy's rules mean them. `pid == self` is a number of a pid namespace; where there is none, a process is allowed
  /// to signal itself by the number that it has, and nobody else: then `nil`.
  func arguments(under policy: Policy) -> [UInt64]? {
    guard !policy.hasNamespaces, name == "kill" || name == "tgkill" else { return call.arguments }
    guard let target = call.arguments.first, Int32(truncatingIfNeeded: target) == process else {
      return nil
    }
    return [policy.ownNumber] + call.arguments.dropFirst()
  }

  /// The limit that one process or thread more would pass.
  func passedLimit(_ limits: Limits, in tree: ProcessTree) -> Limit? {
    guard ["clone", "fork", "vfork"].contains(name) else { return nil }
    if makesThread {
      return tree.threads >= Int(limits.threads) ? .threads(limits.threads) : nil
    }
    return tree.processes.count >= Int(limits.processes) ? .processes(limits.processes) : nil
  }

  private var makesThread: Bool {
    let thread: UInt64 = 0x1_0000  // CLONE_THREAD
    return name == "clone" && (call.arguments.first ?? 0) & thread != 0
  }
}
