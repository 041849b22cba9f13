/// Contradictions inside sections and between them.
enum SectionChecks {
  static func namespaces(
    _ namespaces: Located<Namespaces>, _ requirement: IsolationLevel
  ) throws(PolicyError) {
    guard requirement == .full else { return }
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

  /// What /proc shows are the processes of a pid namespace: without one of its own, everybody's.
  static func processes(
    _ files: Located<FileSystem>?, _ namespaces: Located<Namespaces>
  ) throws(PolicyError) {
    guard let files, files.value.processes == .minimal else { return }
    guard namespaces.value.kinds.isSuperset(of: [.pid, .mount]) else {
      throw PolicyError(files.position, "'proc minimal' needs the namespaces 'pid' and 'mount'")
    }
  }

  static func quota(_ quota: Located<IPCQuota>?) throws(PolicyError) {
    guard let quota, quota.value.rate == nil, quota.value.burst != nil else { return }
    throw PolicyError(quota.position, "'burst' without 'rate' limits nothing")
  }
}
