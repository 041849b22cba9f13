internal import MagePolicy

/// What was made of a policy, for as long as the policy of that name is the same.
///
/// Compiling filters takes longer than a launch, and neither the arguments of a worker nor those of a program change them.
struct PolicyCache<Value: Sendable>: Sendable {
  private var entries: [String: (policy: Policy, value: Value)] = [:]

  /// Policies that are kept. A host has a few.
  private static var most: Int { 64 }

  /// - Parameter make: makes what is not here yet.
  mutating func value<Failure: Error>(
    of policy: Policy, _ make: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    if let entry = entries[policy.name], entry.policy == policy { return entry.value }
    let value = try make()
    if entries.count >= Self.most { entries.removeAll() }
    entries[policy.name] = (policy, value)
    return value
  }
}
