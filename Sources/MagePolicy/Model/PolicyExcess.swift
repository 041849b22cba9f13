/// One thing that a policy grants and another does not: what makes it the weaker of the two there.
public struct PolicyExcess: Equatable, Sendable {
  /// Where policies write it.
  public enum Section: String, Equatable, Sendable {
    case level = "require"
    case descriptors = "fds"
    case namespaces, identity
    case fileSystem = "filesystem"
    case network, limits, ipc
    case startup = "syscalls startup"
    case serve = "syscalls serve"
  }

  public let section: Section
  /// As policies write it, for example `memory 512MiB`.
  public let grant: String
  /// What the other policy has in its place; `nil` for nothing of the kind.
  public let bound: String?

  package init(_ section: Section, _ grant: String, bound: String? = nil) {
    self.section = section
    self.grant = grant
    self.bound = bound
  }
}

extension PolicyExcess: CustomStringConvertible {
  public var description: String {
    "\(section.rawValue) { \(grant) }" + (bound.map { ", where the other has \($0)" } ?? "")
  }
}

extension Policy {
  /// What this policy grants beyond `floor` in every section but the rules, which need more than a look at the text.
  package func settingsExcess(beyond floor: Policy) -> [PolicyExcess] {
    levelExcess(beyond: floor) + descriptorExcess(beyond: floor) + namespaceExcess(beyond: floor)
      + identityExcess(beyond: floor.identity) + fileSystem.excess(beyond: floor.fileSystem)
      + connections.filter { !floor.connections.contains($0) }.map {
        PolicyExcess(.network, PolicyPrinter.connection($0))
      } + limits.excess(beyond: floor.limits) + ipc.excess(beyond: floor.ipc)
  }

  /// A worker that may run without namespaces is confined by less than one that may not.
  private func levelExcess(beyond floor: Policy) -> [PolicyExcess] {
    guard requirement == .landlockAndSeccomp, floor.requirement == .full else { return [] }
    return [
      PolicyExcess(
        .level, "level \(requirement.rawValue)", bound: "level \(floor.requirement.rawValue)")
    ]
  }

  /// Rules name descriptors by number, so that each number has to lead to what it leads to in `floor`, or nowhere.
  private func descriptorExcess(beyond floor: Policy) -> [PolicyExcess] {
    descriptors.filter { grant in
      if case .null = grant { return false }
      return !grant.numbers.allSatisfy { number in
        floor.descriptors.contains { $0.numbers.contains(number) && $0.isOfKind(of: grant) }
      }
    }.map { PolicyExcess(.descriptors, PolicyPrinter.descriptor($0)) }
  }

  /// A namespace that is not the worker's own is the host's.
  private func namespaceExcess(beyond floor: Policy) -> [PolicyExcess] {
    var excess = Namespace.allCases.filter {
      floor.namespaces.kinds.contains($0) && !namespaces.kinds.contains($0)
    }.map { PolicyExcess(.namespaces, "no \($0.rawValue)", bound: $0.rawValue) }
    if namespaces.kinds.contains(.net), namespaces.network == .sharedEmpty,
      floor.namespaces.kinds.contains(.net), floor.namespaces.network == .own
    {
      excess.append(PolicyExcess(.namespaces, "net shared-empty", bound: "net own"))
    }
    return excess
  }

  /// Root of a namespace is more than any other number in it; the others are alike.
  private func identityExcess(beyond floor: Identity) -> [PolicyExcess] {
    var excess: [PolicyExcess] = []
    if identity.uid == 0, floor.uid != 0 {
      excess.append(PolicyExcess(.identity, "uid 0", bound: "uid \(floor.uid)"))
    }
    if identity.gid == 0, floor.gid != 0 {
      excess.append(PolicyExcess(.identity, "gid 0", bound: "gid \(floor.gid)"))
    }
    return excess
  }
}

extension DescriptorGrant {
  fileprivate func isOfKind(of other: DescriptorGrant) -> Bool {
    switch (self, other) {
    case (.null, .null), (.input, .input), (.output, .output): true
    // A worker's input is /dev/null, and its output too, or lines that its host bounds, cleans and counts.
    case (.null, .output), (.null, .input): true
    case (.channel(_, let name), .channel(_, let otherName)): name == otherName
    default: false
    }
  }
}
