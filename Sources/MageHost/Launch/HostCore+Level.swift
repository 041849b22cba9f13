internal import MagePolicy

/// Below the full level only where a policy says so and the machine has refused namespaces, or where the policy wants none.
extension HostCore {
  func launcher(for policy: Policy) -> Launcher {
    policy.hasNamespaces ? launcher : plainLauncher
  }

  /// Starts something under `policy`, and once more without namespaces when the machine turns out to refuse them and the policy does not
  /// insist. What has been refused once is not tried again.
  func atPossibleLevel<Value>(
    of policy: Policy, _ start: (Policy) async -> Result<Value, SpawnError>
  ) async -> Result<Value, SpawnError> {
    let first = possible(policy)
    let result = await start(first)
    guard case .failure = result, first.hasNamespaces else { return result }
    let second = possible(policy)
    return second.hasNamespaces ? result : await start(second)
  }

  private func possible(_ policy: Policy) -> Policy {
    guard policy.requirement == .landlockAndSeccomp,
      launcher.assumeIsolated({ $0.refusesNamespaces })
    else { return policy }
    return policy.withoutNamespaces
  }
}
