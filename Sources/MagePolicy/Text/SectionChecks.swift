/// Contradictions inside sections and between them.
enum SectionChecks {
  static func namespaces(
    _ namespaces: Located<Namespaces>, _ requirement: IsolationLevel
  ) throws(PolicyError) {
    for kind in Namespace.allCases where !namespaces.value.kinds.contains(kind) {
      throw PolicyError(
        namespaces.position, "level \(requirement.rawValue) needs the namespace '\(kind.rawValue)'")
    }
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
      if case .channel(_, let name) = grant.value, !names.insert(name).inserted {
        throw PolicyError(grant.position, "two channels are named '\(name)'")
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
