/// Contradictions inside sections and between them.
enum SectionChecks {
  /// The level against everything that it has to hold.
  static func level(_ policy: Policy, _ syntax: Syntax) throws(PolicyError) {
    if let reason = policy.namespaceRefusal, let namespaces = syntax.namespaces {
      throw PolicyError(namespaces.position, reason)
    }
    guard let (reason, rule) = policy.levelRefusal, let level = syntax.requirement else { return }
    throw PolicyError(rule?.position ?? level.position, reason)
  }

  static func descriptors(
    _ grants: [Located<DescriptorGrant>], _ limits: Located<Limits>?
  ) throws(PolicyError) {
    let openFiles = (limits?.value ?? Limits()).openFiles
    var taken: Set<Int32> = []
    var names: Set<String> = []
    for grant in grants {
      for number in grant.value.numbers where !taken.insert(number).inserted {
        throw PolicyError(grant.position, "descriptor \(number) is given twice")
      }
      if let name = grant.value.name, !names.insert(name).inserted {
        throw PolicyError(grant.position, "two descriptors are named '\(name)'")
      }
      if case .memory = grant.value, !grants.contains(where: \.value.isChannel) {
        throw PolicyError(
          grant.position, "memory is shared with a host that has a channel to the worker")
      }
      let last = grant.value.numbers.upperBound
      if UInt32(clamping: last) >= openFiles {
        throw PolicyError(
          grant.position, "descriptor \(last) is above the limit of \(openFiles) open files")
      }
    }
  }

  static func quota(_ quota: Located<IPCQuota>?) throws(PolicyError) {
    guard let quota, quota.value.rate == nil, quota.value.burst != nil else { return }
    throw PolicyError(quota.position, "'burst' without 'rate' limits nothing")
  }
}
