/// Other processes, identity, and what lies deep in the kernel.
extension Attempt {
  static let processAttempts: [Attempt] = [
    .call("trace itself", .processes, "ptrace", 0, 0, 0, 0),
    .call("trace the host", .processes, "ptrace", 0x4206, .hostProcess, 0, 0),
    .call("trace process 1", .processes, "ptrace", 0x4206, 1, 0, 0),
    .call(
      "read the host's memory", .processes, "process_vm_readv", .hostProcess, 0, 0, 0, 0, 0,
      goal: .attention),
    .call(
      "advise on another's memory", .processes, "process_madvise", -1, 0, 0, 0, 0,
      goal: .attention),
    .call("signal everybody", .processes, "kill", -1, 0),
    .call("signal the host", .processes, "kill", .hostProcess, 0),
    // A policy may give a program its own namespace's processes, of which this is the first.
    .call("signal process 1", .processes, "kill", 1, 0, isGrantable: true),
    .call("hold the host", .processes, "pidfd_open", .hostProcess, 0),
    .call("take a descriptor", .processes, "pidfd_getfd", -1, 0, 0, goal: .attention),
    .call(
      "compare descriptors", .processes, "kcmp", .hostProcess, .hostProcess, 0, 0, 0,
      goal: .attention),
    .call("limit the host", .processes, "prlimit64", .hostProcess, 7, 0, .zeros(16)),
    .call(
      "bind the host to a processor", .processes, "sched_setaffinity", .hostProcess, 0, 0,
      goal: .attention),
    .call("move the host's pages", .processes, "move_pages", .hostProcess, 0, 0, 0, 0, 0),
    .call("outlive the host", .processes, "prctl", 1, 0, 0, 0, 0),
    .call("move its own memory's marks", .processes, "prctl", 35, 0, 0, 0, 0, goal: .attention),
    .call("leave its groups", .identity, "setgroups", 0, 0),
    .call(
      "take every capability", .identity, "capset", .bytes([0x22, 0x05, 0x08, 0x20, 0, 0, 0, 0]),
      .bytes(Array(repeating: 0xFF, count: 24))),
    .call("become root", .identity, "setuid", 0),
    .call("become another's group", .identity, "setresgid", 0, 0, 0),
    .call("make memory executable behind the filter", .identity, "personality", 0x40_0000),
    .call("use ports", .identity, "ioperm", 0x80, 1, 1),
    .call("use all ports", .identity, "iopl", 3),
    .call("read its descriptor table", .identity, "modify_ldt", 0, .zeros(64), 64),
  ]

  static let kernelAttempts: [Attempt] = [
    .call("load a program into the kernel", .kernel, "bpf", 0, 0, 0, goal: .attention),
    .call("make calls that no filter sees", .kernel, "io_uring_setup", 1, .zeros(120)),
    .call("handle page faults", .kernel, "userfaultfd", 1),
    .call("use the kernel's keys", .kernel, "keyctl", 0, -3, 0, goal: .attention),
    .call("add a key", .kernel, "add_key", 0, 0, 0, 0, 0, goal: .attention),
    .call("load a module", .kernel, "finit_module", -1, "", 0, goal: .attention),
    .call("load another kernel", .kernel, "kexec_load", 0, 0, 0, 0xFFFF, goal: .attention),
    .call("restart the machine", .kernel, "reboot", 0, 0, 0, 0, goal: .attention),
    .call("read the kernel's log", .kernel, "syslog", 10, 0, 0),
    .call("account for processes", .kernel, "acct", 1, goal: .attention),
    .call("swap", .kernel, "swapon", "", 0, goal: .attention),
    .call("hide memory", .kernel, "memfd_secret", 0),
    .call("list security modules", .kernel, "lsm_list_modules", 0, 0, 0, goal: .attention),
    .call("measure", .kernel, "perf_event_open", 0, 0, -1, -1, 0, goal: .attention),
    .call("map pages into a pipe", .kernel, "vmsplice", -1, 0, 0, 0, goal: .attention),
    .call("set the clock", .kernel, "clock_settime", 0, 0, goal: .attention),
    .call("set the time", .kernel, "settimeofday", 1, 0, goal: .attention),
    .call("tune the clock", .kernel, "adjtimex", .zeros(256)),
    .call("name the machine", .kernel, "sethostname", "", -1, goal: .attention),
    .call("run before everybody", .kernel, "sched_setscheduler", 0, 1, .bytes([1, 0, 0, 0])),
    .call("raise its priority", .kernel, "setpriority", 0, 0, -5),
    .call("type into a terminal", .kernel, "ioctl", 0, 0x5412, "x", goal: .attention),
    .call(
      "type into a terminal, with a bit that a filter may not see", .kernel, "ioctl", 0,
      0x1_0000_5412, "x", goal: .attention),
    .call("use quotas", .kernel, "quotactl", 0, 0, 0, 0, goal: .attention),
    .call(
      "install a filter that answers itself", .filters, "seccomp", 1, 8, 0, goal: .attention),
    .call("install a filter by prctl", .filters, "prctl", 22, 2, 0, 0, 0, goal: .attention),
    Attempt(
      name: "break the policy in a second thread", group: .filters, manner: .thread,
      calls: [make("chroot", "/")]),
    Attempt(
      name: "catch SIGSYS", group: .filters, manner: .handler, calls: [make("chroot", "/")]),
    .calls(
      "block SIGSYS", .filters,
      [
        make("-rt_sigprocmask", 0, .bytes(Array(repeating: 0xFF, count: 8)), 0, 8),
        make("chroot", "/"),
      ]),
    Attempt(name: "call by the 32-bit entry", group: .filters, manner: .i386(20)),
    Attempt(
      name: "call by x32 numbers", group: .filters,
      calls: [Call(name: "getpid", numberBits: 0x4000_0000, arguments: [])]),
    // What a filter's author takes for impossible: -1 is no call's number, and tracers use it for calls that are left out.
    Attempt(
      name: "call by number -1", group: .filters,
      calls: [Call(name: "getpid", numberBits: 0xFFFF_FFFF, arguments: [])]),
  ]
}
