/// Namespaces, mounts and files. Arguments are chosen so that a run without a sandbox changes nothing on the machine.
extension Attempt {
  private static let newUser: UInt64 = 0x1000_0000
  private static let newMount: UInt64 = 0x0002_0000
  private static let childSignal: UInt64 = 17

  static let namespaceAttempts: [Attempt] = [
    .call("make a user namespace", .namespaces, "unshare", .number(newUser)),
    .calls(
      "mount in a user namespace of its own", .namespaces,
      [
        make("unshare", .number(newUser | newMount)),
        make("mount", "none", "/tmp", "tmpfs", 0, 0),
      ]),
    .call(
      "clone into a user namespace", .namespaces, "clone", .number(newUser | childSignal), 0, 0, 0,
      0),
    .call(
      "clone3, whose flags no filter sees", .namespaces, "clone3",
      .bytes(struct64([newUser, 0, 0, 0, childSignal, 0, 0, 0, 0, 0, 0])), 88),
    .call("enter a namespace", .namespaces, "setns", -1, 0, goal: .attention),
    .call("mount", .mounts, "mount", 0, 0, 0, 0, 0, goal: .attention),
    .call("unmount", .mounts, "umount2", "/", 0xFFFF, goal: .attention),
    .call("change the root", .mounts, "pivot_root", "/none", "/none", goal: .attention),
    .call("change the root directory", .mounts, "chroot", "/"),
    .call("prepare a mount", .mounts, "fsopen", "tmpfs", 0),
    .call("copy a mount", .mounts, "open_tree", workingDirectory, "/", 1),
    .call("move a mount", .mounts, "move_mount", -1, "", -1, "", 4, goal: .attention),
    .call(
      "make a mount writable", .mounts, "mount_setattr", -1, "", 0x1000, .zeros(32), 32,
      goal: .attention),
    .call(
      "open a file by its handle", .mounts, "open_by_handle_at", -1, .zeros(32), 0,
      goal: .attention),
    .call(
      "ask for a file's handle", .mounts, "name_to_handle_at", workingDirectory, "/", .zeros(32),
      .zeros(8), 0, goal: .attention),
    .call("list mounts", .mounts, "statmount", .zeros(32), .zeros(64), 64, 0, goal: .attention),
    .call("watch files", .mounts, "inotify_init1", 0),
    .call("watch all files", .mounts, "fanotify_init", 0, 0, goal: .attention),
  ]

  private static let write = 1
  private static let directory = 0o200000

  static let fileAttempts: [Attempt] = [
    .open("/etc/passwd"), .open("/etc/shadow"), .open("/root", directory),
    .open("/home", directory), .open("/proc/1/environ"), .open("/proc/1/root/etc", directory),
    .open(.hostFile), .open("/proc/kcore"), .open("/proc/sys/kernel/core_pattern", write),
    .open("/sys/power/state", write), .open("/sys/fs/cgroup/cgroup.procs", write),
    .open(.hostDisk), .open("/dev/kmsg"), .open("/dev/mem"), .open("/dev/kvm", 2),
    .open("/dev/fuse", 2),
    .open("/dev/tty", 2), .open("/run/systemd/private"),
    .call(
      "look at /etc/passwd", .files, "newfstatat", workingDirectory, "/etc/passwd", .zeros(256), 0),
    .calls(
      "make a file in the root", .files,
      [
        make("openat", workingDirectory, "/mage-attack", 0o101, 0o600),
        make("unlink", "/mage-attack"),
      ]),
    .calls(
      "make a device", .files,
      [
        make("mknodat", workingDirectory, "/mage-attack-device", 0o20666, 0x103),
        make("unlink", "/mage-attack-device"),
      ]),
    Attempt(
      name: "leave by an inherited directory", group: .files, manner: .directory,
      calls: [make("openat", 0, "passwd", 0)]),
    Attempt(
      name: "read the host's environment", group: .files,
      manner: .environment(Bait.secretVariable)),
  ]

  private static func struct64(_ values: [UInt64]) -> [UInt8] {
    values.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
  }
}
