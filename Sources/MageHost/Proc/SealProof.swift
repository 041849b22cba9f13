internal import MageSystem

/// Proves from outside that a worker is confined as its policy says, before it gets its first outside byte.
///
/// The worker's own word counts for nothing here: everything is read from /proc by the host. It has two parts, because one of them can be had while
/// the worker is busy: a process leaves its namespaces only by calls that its start-up filter stops, so they may be looked at as soon as that filter is in force.
struct SealProof {
  /// Namespaces that must differ from the host's.
  let namespaces: [NamespaceKind]
  /// Filters that must be in force: `startup` and `serve`.
  let filters: UInt64
  /// The host's.
  let own: [NamespaceKind: String]
  /// Namespaces of the template it was forked from, which must be others as well.
  var others: [NamespaceKind: String] = [:]

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
    if let count = status.number("Seccomp_filters"), count < filters {
      return "\(count) of \(filters) seccomp filters are in force"
    }
    guard status.number("NoNewPrivs") == 1 else { return "no_new_privs is not set" }
    for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
      guard status.capabilities(set) == 0 else {
        return "\(set) is \(status[set].map(String.init) ?? "missing"), not empty"
      }
    }
    guard status.number("Threads") == 1 else {
      return "it has \(status["Threads"].map(String.init) ?? "?") threads before it is sealed"
    }
    return nil
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
