import Foundation
import Glibc

/// Which attempts of `mage attack` are seen to succeed without a sandbox, and on what that depends.
///
/// An attempt that fails there too would prove nothing by failing under a policy. So each attempt stands in one row: where what the row
/// needs is there, the attempt has to succeed; where it is not, or never is, the row says why nothing is proven.
struct AttackProofs {
  /// What is needed, or why there is no proof.
  let words: String
  /// Whether the attempts of the row have to succeed here. Found out by other means than the attempts themselves.
  let isProven: Bool
  let attempts: [String]

  private static func proven(_ words: String, if isMet: Bool, _ attempts: String...) -> AttackProofs
  {
    AttackProofs(words: words, isProven: isMet, attempts: attempts)
  }

  private static func excused(_ words: String, _ attempts: String...) -> AttackProofs {
    AttackProofs(words: words, isProven: false, attempts: attempts)
  }

  static var rows: [AttackProofs] { [everybody, root] + machine + never }

  /// What every user can do on every kernel that this package runs on.
  private static let everybody = proven(
    "nothing", if: true,
    "make a user namespace", "mount in a user namespace of its own", "clone into a user namespace",
    "clone3, whose flags no filter sees", "enter a namespace", "mount", "unmount",
    "open a file by its handle", "ask for a file's handle", "watch files",
    "open /etc/passwd to read", "open /home to read", "open the host's entry in /proc to read",
    "look at /etc/passwd", "leave by an inherited directory", "read the host's environment",
    "trace itself", "read the host's memory", "advise on another's memory", "signal everybody",
    "signal the host", "hold the host", "take a descriptor", "compare descriptors",
    "limit the host", "bind the host to a processor", "move the host's pages", "outlive the host",
    "make memory executable behind the filter", "read its descriptor table",
    "map pages into a pipe", "set the clock", "set the time", "tune the clock",
    "type into a terminal", "type into a terminal, with a bit that a filter may not see",
    "install a filter that answers itself", "install a filter by prctl",
    "call by the 32-bit entry", "talk to the kernel's network", "connect to the host's loopback",
    "connect by sending", "connect to the host's abstract socket", "serve the network",
    "make System V shared memory", "make a message queue", "make a semaphore",
    "map memory to write and execute", "make written memory executable",
    "make written memory executable with a key", "execute a file in memory",
    "map shared memory to execute", "run another program", "fork", "lock memory",
    "have a descriptor's signals sent to the host", "choose the signal of a descriptor",
    "signal a thread of the host", "ask for the host's group", "ask for the host's session",
    "ask where the host may run", "release a dead process's memory", "signal by a descriptor",
    "let itself be traced and dumped", "adopt orphans", "slow its timers", "make a timer",
    "interrupt all processors", "choose its input's priority",
    "write all files of the machine back", "see which pages others have read",
    "give hints on a file in memory", "punch a hole into a file in memory",
    "have senders' names told")

  private static let root = proven(
    "root", if: isRoot,
    "change the root", "change the root directory", "prepare a mount", "copy a mount",
    "move a mount", "make a mount writable", "open /etc/shadow to read", "open /root to read",
    "make a file in the root", "make a device", "trace the host", "signal process 1",
    "leave its groups", "become root", "become another's group",
    "load a program into the kernel", "restart the machine", "read the kernel's log", "measure",
    "name the machine", "run before everybody", "raise its priority",
    "break the policy in a second thread", "catch SIGSYS", "block SIGSYS", "read packets",
    "send raw packets", "map page 0", "lock all memory", "raise a limit")

  /// What kernels may be built or configured without, and machines may not have.
  private static var machine: [AttackProofs] {
    [
      proven(
        "Linux 6.8", if: kernel >= (6, 8), "list mounts", "list security modules"),
      proven("Linux 6.5, from which on it is on by default", if: kernel >= (6, 5), "hide memory"),
      proven(
        "kernel.io_uring_disabled is 0", if: content("/proc/sys/kernel/io_uring_disabled") == "0",
        "make calls that no filter sees"),
      proven(
        "a kernel with userfaultfd(2)", if: exists("/proc/sys/vm/unprivileged_userfaultfd"),
        "handle page faults"),
      proven(
        "a kernel with keys", if: exists("/proc/sys/kernel/keys"), "use the kernel's keys",
        "add a key"),
      proven(
        "a kernel with io_setup(2)", if: exists("/proc/sys/fs/aio-nr"),
        "make input and output that waits for nobody"),
      proven("a kernel with quotas", if: exists("/proc/sys/fs/quota"), "use quotas"),
      proven(
        "root, and a kernel with fanotify(7)", if: isRoot && exists("/proc/sys/fs/fanotify"),
        "watch all files"),
      proven(
        "root, and a kernel with acct(2)", if: isRoot && exists("/proc/sys/kernel/acct"),
        "account for processes"),
      proven("root, and a kernel that swaps", if: isRoot && exists("/proc/swaps"), "swap"),
      proven("a socket of that family", if: exists("/dev/vsock"), "talk to the hypervisor"),
      proven("root, and the device", if: isRoot && exists("/dev/kmsg"), "open /dev/kmsg to read"),
      proven("the device, and its mode", if: mayWrite("/dev/kvm"), "open /dev/kvm to write"),
      proven("the device, and its mode", if: mayWrite("/dev/fuse"), "open /dev/fuse to write"),
      proven(
        "the file, and its mode", if: mayWrite("/proc/sys/kernel/core_pattern"),
        "open /proc/sys/kernel/core_pattern to write"),
      proven(
        "the file, and its mode", if: mayWrite("/sys/power/state"),
        "open /sys/power/state to write"),
      proven(
        "the file, and its mode", if: mayWrite("/sys/fs/cgroup/cgroup.procs"),
        "open /sys/fs/cgroup/cgroup.procs to write"),
      proven(
        "root of the machine, whom no group of devices holds, and a root that is on a disk",
        if: hasEveryCapability && rootIsOnDisk, "open the root's disk to read"),
      proven(
        "root with every capability, as process 1 has them and a container's root has not",
        if: hasEveryCapability,
        "take every capability", "move its own memory's marks", "trace process 1",
        "open /proc/1/environ to read", "open /proc/1/root/etc to read"),
    ]
  }

  private static let never = [
    excused(
      "no kernel has such a call: without a filter, too, the answer is ENOSYS",
      "call by number -1"),
    excused("few kernels have that entry, and no file says which", "call by x32 numbers"),
    excused(
      "kernels of virtual machines are built without, and no file says which",
      "use ports", "use all ports", "use the kernel's ciphers"),
    excused(
      "a kernel that is built without, or locked down, refuses everybody",
      "load a module", "load another kernel", "open /proc/kcore to read", "open /dev/mem to read"),
    excused("tests have no terminal", "open /dev/tty to write"),
    excused(
      "a socket, which nobody can open: that it is there would be told by another errno",
      "open /run/systemd/private to read"),
    excused(
      "messages need a host, which never believes them: CrimeTests.ending sends them to one",
      "send unasked descriptor", "send socket", "malformed transport", "malformed channel",
      "malformed message", "flood"),
  ]
}

extension AttackProofs {
  private static var isRoot: Bool { geteuid() == 0 }

  private static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  private static func mayWrite(_ path: String) -> Bool { access(path, W_OK) == 0 }

  private static func content(_ path: String) -> String? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private static var kernel: (Int, Int) {
    let text = content("/proc/sys/kernel/osrelease") ?? ""
    let numbers = text.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
    return numbers.count == 2 ? (numbers[0], numbers[1]) : (0, 0)
  }

  private static var rootIsOnDisk: Bool {
    let lines = (content("/proc/self/mounts") ?? "").split(separator: "\n")
    return lines.contains { line in
      let fields = line.split(separator: " ")
      return fields.count > 1 && fields[1] == "/" && fields[0].hasPrefix("/dev/")
        && exists(String(fields[0]))
    }
  }

  private static var hasEveryCapability: Bool {
    let line = (content("/proc/self/status") ?? "").split(separator: "\n")
      .first { $0.hasPrefix("CapEff:") }
    let last = content("/proc/sys/kernel/cap_last_cap").flatMap { UInt64($0) } ?? 63
    let own = line?.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) } ?? 0
    return own == (1 << (last + 1)) - 1
  }
}
