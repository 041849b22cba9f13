internal import MageSystem

/// A kind of namespace as /proc/PID/ns names it (namespaces(7)).
enum NamespaceKind: String, CaseIterable {
  case user, pid, mnt, net, ipc, uts, cgroup

  /// The namespace's identity: `pid:[4026531836]`. Two processes in one namespace read the same.
  func identity(of process: String) throws(SystemError) -> String {
    try FileReading.link("/proc/\(process)/ns/\(rawValue)")
  }

  /// All of a process.
  static func identities(of process: String) throws(SystemError) -> [NamespaceKind: String] {
    var identities: [NamespaceKind: String] = [:]
    for kind in allCases { identities.updateValue(try kind.identity(of: process), forKey: kind) }
    return identities
  }
}
