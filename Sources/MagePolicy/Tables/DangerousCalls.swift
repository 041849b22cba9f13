/// Calls that undo a sandbox or reach deep into the kernel, and that only `allow dangerous X because "…"` grants.
enum DangerousCalls {
  static let names: Set<String> = [
    // The filter itself, and other processes' memory, descriptors and execution.
    "seccomp", "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "pidfd_getfd",
    "kcmp",
    // Programs and rings that run in the kernel; the calls of a ring pass no filter.
    "bpf", "io_uring_setup", "io_uring_enter", "io_uring_register", "perf_event_open",
    "userfaultfd",
    // Namespaces and the view of the file system.
    "unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "move_mount", "open_tree",
    "open_tree_attr", "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr",
    "open_by_handle_at", "quotactl", "quotactl_fd",
    // The kernel's keys, its modules, its successor, the machine.
    "keyctl", "add_key", "request_key", "init_module", "finit_module", "delete_module",
    "kexec_load", "kexec_file_load", "reboot", "swapon", "swapoff", "acct", "syslog", "iopl",
    "ioperm", "modify_ldt", "settimeofday", "clock_settime", "adjtimex", "clock_adjtime",
    // Turns PROT_READ into PROT_EXEC behind every filter's back (READ_IMPLIES_EXEC).
    "personality",
  ]

  /// Whether a rule for `call` must say `dangerous`.
  ///
  /// `clone` without a condition is: its flags make namespaces as unshare does.
  static func contains(_ call: String, conditional: Bool) -> Bool {
    names.contains(call) || (call == "clone" && !conditional)
  }
}
