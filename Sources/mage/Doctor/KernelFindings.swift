internal import Glibc
internal import MageSystem

/// What the kernel's own settings say of its parts.
enum KernelFindings {
  static var all: [Finding] { [notifications, userNamespaces, groupKill] }

  private static func text(_ path: String) -> String? {
    let bytes = try? FileReading.read(path, limit: 4096)
    return bytes.map { String(decoding: $0, as: UTF8.self).filter { $0 != "\n" } }
  }

  /// Without them no call can be reported by name.
  private static var notifications: Finding {
    let actions = text("/proc/sys/kernel/seccomp/actions_avail") ?? ""
    let isThere = actions.split(separator: " ").contains("user_notif")
    return Finding(
      name: "seccomp notifications", state: isThere ? .present : .missing,
      detail: isThere ? "forbidden calls are reported by name" : "actions: \(actions)",
      remedy: isThere ? nil : "a kernel with CONFIG_SECCOMP_FILTER, Linux 5.14 or later, is needed")
  }

  private static var userNamespaces: Finding {
    if let refusal { return refusal }
    return Finding(
      name: "user namespaces", state: .present,
      detail: "at most \(text("/proc/sys/user/max_user_namespaces") ?? "?") of them")
  }

  /// Settings that refuse them to some. Root is not asked by the latter two.
  private static var refusal: Finding? {
    let settings: [(path: String, bad: String, remedy: String, sparesRoot: Bool)] = [
      (
        "/proc/sys/user/max_user_namespaces", "0", "sysctl user.max_user_namespaces=10000", false
      ),
      (
        "/proc/sys/kernel/unprivileged_userns_clone", "0",
        "sysctl kernel.unprivileged_userns_clone=1", true
      ),
      (
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1",
        "sysctl kernel.apparmor_restrict_unprivileged_userns=0", true
      ),
    ]
    let found = settings.first { setting in
      text(setting.path) == setting.bad && !(setting.sparesRoot && geteuid() == 0)
    }
    return found.map {
      Finding(
        name: "user namespaces", state: .missing, detail: "\($0.path) is \($0.bad)",
        remedy: $0.remedy)
    }
  }

  /// Everything in a sandbox dies with its process 1, so this is a second means only.
  private static var groupKill: Finding {
    let isThere = access("/sys/fs/cgroup/cgroup.kill", F_OK) == 0 || hasKillBelow
    return Finding(
      name: "cgroup.kill", state: isThere ? .present : .replaced,
      detail: isThere
        ? "a control group can be ended at once"
        : "what is in a sandbox ends with process 1 of its pid namespace")
  }

  /// The root of the tree has no such file, its groups have.
  private static var hasKillBelow: Bool {
    let names = (try? DirectoryListing.names(in: "/sys/fs/cgroup")) ?? []
    return names.contains { access("/sys/fs/cgroup/\($0)/cgroup.kill", F_OK) == 0 }
  }
}
