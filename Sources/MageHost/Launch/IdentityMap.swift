internal import MagePolicy
internal import MageSystem

/// Which user outside a worker's user namespace stands behind the one inside (user_namespaces(7)).
///
/// A host that is root gives every worker a user of its own that owns nothing, so that workers cannot signal or trace each other even
/// outside their namespaces. An ordinary user can only map itself.
struct IdentityMap {
  /// Where the users for workers start: above what distributions hand out, subordinate ranges included.
  static let firstUser: UInt32 = 2_000_000_000
  static let users: UInt32 = 65_536
  /// `nobody`, for a root whose own user namespace has no users to spare.
  static let nobody: UInt32 = 65_534

  let effectiveUser: UInt32
  let effectiveGroup: UInt32
  /// /proc/self/uid_map and gid_map of this process.
  let userMap: String
  let groupMap: String

  static func ofThisProcess() throws(SystemError) -> IdentityMap {
    let status = try ProcessStatus(of: nil)
    let users = try FileReading.read("/proc/self/uid_map", limit: 64 << 10)
    let groups = try FileReading.read("/proc/self/gid_map", limit: 64 << 10)
    return IdentityMap(
      effectiveUser: status.effectiveID("Uid") ?? nobody,
      effectiveGroup: status.effectiveID("Gid") ?? nobody,
      userMap: String(decoding: users, as: UTF8.self),
      groupMap: String(decoding: groups, as: UTF8.self))
  }

  /// - Parameter slot: which of the users a worker gets; workers that live at the same time have different ones.
  func identity(
    inside: Identity, slot: UInt32
  ) throws(SpawnError) -> LaunchRequest.Identity {
    guard effectiveUser == 0 else {
      return LaunchRequest.Identity(
        insideUser: inside.uid, outsideUser: effectiveUser, insideGroup: inside.gid,
        outsideGroup: effectiveGroup, deniesSetGroups: true)
    }
    let wanted = Self.firstUser + slot % Self.users
    let candidates = [wanted, Self.nobody]
    guard let user = candidates.first(where: { Self.covers(userMap, $0) }),
      let group = candidates.first(where: { Self.covers(groupMap, $0) })
    else {
      throw .notPossible(
        """
        no unprivileged user for workers: this process is root in a user namespace that maps neither \(wanted) \
        nor \(Self.nobody) (see /proc/self/uid_map); run the host as an ordinary user
        """)
    }
    return LaunchRequest.Identity(
      insideUser: inside.uid, outsideUser: user, insideGroup: inside.gid, outsideGroup: group,
      deniesSetGroups: false)
  }

  static func covers(_ map: String, _ id: UInt32) -> Bool {
    map.split(separator: "\n").contains { line in
      let fields = line.split(separator: " ").compactMap { UInt64($0) }
      guard fields.count == 3 else { return false }
      return UInt64(id) >= fields[0] && UInt64(id) - fields[0] < fields[2]
    }
  }
}

extension ProcessStatus {
  /// The second of a line of four ids is the effective one.
  fileprivate func effectiveID(_ name: String) -> UInt32? {
    let fields = self[name]?.split { $0.isWhitespace } ?? []
    return fields.count > 1 ? UInt32(fields[1]) : nil
  }
}
