internal import CMageSystem

/// A worker to be launched: who it is, and what is done between clone and exec, in order.
package struct LaunchRequest: Sendable {
  /// One user and one group, mapped from inside the worker's user namespace to outside (user_namespaces(7)).
  package struct Identity: Equatable, Sendable {
    package var insideUser: UInt32
    package var outsideUser: UInt32
    package var insideGroup: UInt32
    package var outsideGroup: UInt32
    /// Required of a host that is not root.
    package var deniesSetGroups: Bool

    package init(
      insideUser: UInt32, outsideUser: UInt32, insideGroup: UInt32, outsideGroup: UInt32,
      deniesSetGroups: Bool
    ) {
      self.insideUser = insideUser
      self.outsideUser = outsideUser
      self.insideGroup = insideGroup
      self.outsideGroup = outsideGroup
      self.deniesSetGroups = deniesSetGroups
    }
  }

  package var namespaces: CloneNamespaces
  package var identity: Identity
  /// A template's fork, whose ids are to be mapped: nothing is cloned for it.
  package var forkedPID: Int32 = 0
  package private(set) var steps: [LaunchStep] = []
  private var encodedSteps: [UInt8] = []
  /// Position 0 is taken by the report's socket when the request is sent.
  package private(set) var descriptors: [SharedDescriptor] = []

  package init(namespaces: CloneNamespaces, identity: Identity) {
    self.namespaces = namespaces
    self.identity = identity
  }

  package mutating func append(_ step: LaunchStep) {
    steps.append(step)
    encodedSteps.append(contentsOf: step.encoded)
  }

  /// Adds a descriptor; returns its position for steps.
  package mutating func add(_ descriptor: SharedDescriptor) -> Int {
    descriptors.append(descriptor)
    return descriptors.count
  }

  /// The same request with another descriptor at `position`: what differs between launches of one kind of worker.
  package mutating func replace(_ position: Int, with descriptor: SharedDescriptor) {
    guard descriptors.indices.contains(position - 1) else { return }
    descriptors[position - 1] = descriptor
  }

  /// The most bytes that ``encoded`` may have.
  package static let maxBytes = Int(MAGE_MAX_LAUNCH_BYTES)
  package static let maxDescriptors = Int(MAGE_MAX_PACKET_DESCRIPTORS) - 1

  package var encoded: [UInt8] {
    var header = mage_launch_request()
    header.clone_flags = namespaces.rawValue
    header.inside_uid = identity.insideUser
    header.outside_uid = identity.outsideUser
    header.inside_gid = identity.insideGroup
    header.outside_gid = identity.outsideGroup
    header.denies_setgroups = identity.deniesSetGroups ? 1 : 0
    header.step_count = UInt32(clamping: steps.count)
    header.forked_pid = forkedPID
    return unsafe withUnsafeBytes(of: header) { unsafe Array($0) } + encodedSteps
  }
}

/// CLONE_NEW* bits (clone(2)).
package struct CloneNamespaces: OptionSet, Sendable {
  package let rawValue: UInt64
  package init(rawValue: UInt64) { self.rawValue = rawValue }
  package static let mount = CloneNamespaces(rawValue: 0x0002_0000)
  package static let cgroup = CloneNamespaces(rawValue: 0x0200_0000)
  package static let uts = CloneNamespaces(rawValue: 0x0400_0000)
  package static let ipc = CloneNamespaces(rawValue: 0x0800_0000)
  package static let user = CloneNamespaces(rawValue: 0x1000_0000)
  package static let pid = CloneNamespaces(rawValue: 0x2000_0000)
  package static let network = CloneNamespaces(rawValue: 0x4000_0000)
}
