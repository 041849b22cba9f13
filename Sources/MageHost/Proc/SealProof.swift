internal import MageSystem

/// Proves from outside that a worker is confined as its policy says, before it gets its first outside byte.
///
/// The worker's own word counts for nothing here: everything is read from /proc by the host. It has two parts, because one of them can be had while
/// the worker is busy: a process leaves its namespaces only by calls that its start-up filter stops, so they may be looked at as soon as that filter is in force.
struct SealProof {
  /// Namespaces that must differ from the host's.
  let namespaces: [NamespaceKind]
  /// Filters of its own that must be in force: `startup` and `serve`.
  let filters: UInt64
  /// The host's.
  let own: [NamespaceKind: String]
  /// Namespaces of the template it was forked from, which must be others as well.
  var others: [NamespaceKind: String] = [:]
  /// Filters that the host is under itself, which its children have as well (``inheritedFilters``).
  var inherited: UInt64 = 0
  /// An ordinary user cannot, outside of a user namespace; it has no capability that the set would bound.
  var emptiesBoundingSet = true
  /// Whether it must be a user that root is not. In a user namespace of its own its number says nothing.
  var changesUser = false

  /// Filters that every child of the calling thread is born with: in a container there may be some, and a worker that has put on one of its two
  /// must not pass because of them. Call it on the thread that starts the launcher.
  static let inheritedFilters: UInt64 =
    (try? ProcessStatus(ofEntry: "thread-self"))?.number("Seccomp_filters") ?? 0

  enum Verdict: Equatable {
    case holds
    /// The worker has sent the listener and not closed its own copy yet: look again.
    case notYet
    /// What is missing, in words.
    case broken(String)
  }

  /// Both parts.
  func verdict(on pid: Int32) -> Verdict {
    verdictOnNamespaces(of: pid) ?? verdictOnSeal(of: pid)
  }

  /// `nil` when the namespaces are as they must be.
  func verdictOnNamespaces(of pid: Int32) -> Verdict? {
    do throws(SystemError) {
      return try namespaceDefect(of: pid).map { .broken($0) }
    } catch {
      return .broken("cannot read /proc/\(pid): \(error)")
    }
  }

  /// Filters, privileges, threads, descriptors: what holds only once the worker is sealed.
  func verdictOnSeal(of pid: Int32) -> Verdict {
    do throws(SystemError) {
      if let defect = statusDefect(try ProcessStatus(of: pid)) { return .broken(defect) }
      return try holdsListener(pid) ? .notYet : .holds
    } catch {
      return .broken("cannot read /proc/\(pid): \(error)")
    }
  }

  /// A process that kept its filter's listener could let its own forbidden calls through (seccomp_unotify(2)).
  private func holdsListener(_ pid: Int32) throws(SystemError) -> Bool {
    for entry in try DirectoryListing.names(in: "/proc/\(pid)/fd") {
      // A descriptor may be closed between the listing and this look at it.
      let link = try? FileReading.link("/proc/\(pid)/fd/\(entry)")
      if link == "anon_inode:seccomp notify" { return true }
    }
    return false
  }

  func statusDefect(_ status: ProcessStatus) -> String? {
    // 2 is SECCOMP_MODE_FILTER.
    guard status.number("Seccomp") == 2 else { return "no seccomp filter is in force" }
    // Linux 5.9 and later count them; an older kernel has no field, and then the mode has to do.
    if let count = status.number("Seccomp_filters"), count < filters &+ inherited {
      return "\(count) of \(filters &+ inherited) seccomp filters are in force"
    }
    guard status.number("NoNewPrivs") == 1 else { return "no_new_privs is not set" }
    if changesUser, let defect = userDefect(status) { return defect }
    for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]
    where set != "CapBnd" || emptiesBoundingSet {
      guard status.capabilities(set) == 0 else {
        return "\(set) is \(status[set].map(String.init) ?? "missing"), not empty"
      }
    }
    guard status.number("Threads") == 1 else {
      return "it has \(status["Threads"].map(String.init) ?? "?") threads before it is sealed"
    }
    return nil
  }

  private func userDefect(_ status: ProcessStatus) -> String? {
    for name in ["Uid", "Gid"] {
      let ids = Set((status[name] ?? "0").split { $0.isWhitespace })
      if ids.count != 1 || ids == ["0"] {
        return "its \(name) is \(ids.sorted().joined(separator: " "))"
      }
    }
    let groups = status["Groups"] ?? ""
    return groups.contains { !$0.isWhitespace } ? "it has the groups \(groups)" : nil
  }

  private func namespaceDefect(of pid: Int32) throws(SystemError) -> String? {
    for kind in namespaces {
      let identity = try kind.identity(of: "\(pid)")
      guard let mine = own[kind] else {
        return "the host's \(kind.rawValue) namespace is not known"
      }
      if identity == mine {
        return "it shares the host's \(kind.rawValue) namespace"
      }
      if identity == others[kind] { return "it shares its template's \(kind.rawValue) namespace" }
    }
    return nil
  }
}
