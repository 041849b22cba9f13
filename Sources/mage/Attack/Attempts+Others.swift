/// Network, shared objects, executable memory, programs, limits and messages.
extension Attempt {

  static let otherAttempts: [Attempt] = [
    .call("talk to the kernel's network", .network, "socket", 16, 3, 0),
    .call("read packets", .network, "socket", 17, 3, 0x300),
    .call("send raw packets", .network, "socket", 2, 3, 255),
    .call("talk to the hypervisor", .network, "socket", 40, 1, 0),
    .call("use the kernel's ciphers", .network, "socket", 38, 5, 0),
    .calls(
      "connect to the host's loopback", .network,
      [make("socket", 2, 1, 0), make("connect", .result, .hostPort, 16)]),
    .calls(
      "connect by sending", .network,
      [
        make("socket", 2, 1, 0),
        make("sendto", .result, "x", 1, 0x2000_0000, .hostPort, 16),
      ]),
    .calls(
      "connect to the host's abstract socket", .network,
      [make("socket", 1, 1, 0), make("connect", .result, .hostSocket, 19)]),
    .calls(
      "serve the network", .network,
      [
        make("socket", 2, 1, 0),
        make("bind", .result, .bytes([2, 0, 0, 0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]), 16),
      ]),
    .calls(
      "make System V shared memory", .sharing,
      [make("shmget", 0, 4096, 0o1600), make("shmctl", .result, 0, 0)]),
    .calls(
      "make a message queue", .sharing,
      [make("mq_open", "mage-attack", 0o102, 0o600, 0), make("mq_unlink", "mage-attack")]),
    .calls(
      "make a semaphore", .sharing,
      [make("semget", 0, 1, 0o1600), make("semctl", .result, 0, 0, 0)]),
    .call("map memory to write and execute", .memory, "mmap", 0, 4096, 7, 0x22, -1, 0),
    .calls(
      "make written memory executable", .memory,
      [make("mmap", 0, 4096, 3, 0x22, -1, 0), make("mprotect", .result, 4096, 5)]),
    .calls(
      "make written memory executable with a key", .memory,
      [make("mmap", 0, 4096, 3, 0x22, -1, 0), make("pkey_mprotect", .result, 4096, 5, -1)]),
    .calls(
      "execute a file in memory", .memory,
      [make("memfd_create", "code", 0), make("mmap", 0, 4096, 5, 1, .result, 0)]),
    .call(
      "map shared memory to execute", .memory, "shmat", -1, 0, 0o100000, goal: .attention),
    .call("map page 0", .memory, "mmap", 0, 4096, 3, 0x32, -1, 0),
    .call("run another program", .programs, "execve", "/usr/bin/true", 0, 0, isGrantable: true),
    .call("fork", .programs, "fork", isGrantable: true),
    .call("lock memory", .limits, "mlock", .zeros(4096), 4096),
    .call("lock all memory", .limits, "mlockall", 1),
    .call(
      "raise a limit", .limits, "prlimit64", 0, 4, .bytes(Array(repeating: 0xFF, count: 16)), 0),
  ]

  /// What lies beside the usual list: oracles, doors into other processes' timing, and calls that hold up the whole machine.
  static let sideAttempts: [Attempt] = [
    .calls(
      "have a descriptor's signals sent to the host", .processes,
      [make("eventfd2", 0, 0), make("fcntl", .result, 8, .hostProcess)]),
    .calls(
      "choose the signal of a descriptor", .processes,
      [make("eventfd2", 0, 0), make("fcntl", .result, 10, 9)]),
    .call("signal a thread of the host", .processes, "tgkill", .hostProcess, .hostProcess, 0),
    .call("ask for the host's group", .processes, "getpgid", .hostProcess),
    .call("ask for the host's session", .processes, "getsid", .hostProcess),
    .call(
      "ask where the host may run", .processes, "sched_getaffinity", .hostProcess, 8, .zeros(8)),
    .call(
      "release a dead process's memory", .processes, "process_mrelease", -1, 0, goal: .attention),
    .call(
      "signal by a descriptor", .processes, "pidfd_send_signal", -1, 0, 0, 0, goal: .attention),
    .call("let itself be traced and dumped", .processes, "prctl", 4, 1, 0, 0, 0),
    .call("adopt orphans", .processes, "prctl", 36, 1, 0, 0, 0),
    .call("slow its timers", .kernel, "prctl", 29, 1, 0, 0, 0),
    .call("make a timer", .kernel, "timer_create", 1, 0, .zeros(8)),
    .call("make input and output that waits for nobody", .kernel, "io_setup", 1, .zeros(8)),
    .call("interrupt all processors", .kernel, "membarrier", 16, 0, 0),
    .call("choose its input's priority", .kernel, "ioprio_set", 1, 0, 0x6000),
    .call("write all files of the machine back", .files, "sync"),
    .calls(
      "see which pages others have read", .memory,
      [make("mmap", 0, 4096, 1, 0x22, -1, 0), make("mincore", .result, 4096, .zeros(8))]),
    .calls(
      "give hints on a file in memory", .memory,
      [make("memfd_create", "hint", 0), make("fcntl", .result, 1036, .zeros(8))]),
    .calls(
      "punch a hole into a file in memory", .memory,
      [make("memfd_create", "hole", 0), make("fallocate", .result, 3, 0, 4096)],
      isGrantable: true),
    .calls(
      "have senders' names told", .network,
      [
        make("socket", 1, 5, 0),
        make("setsockopt", .result, 1, 16, .bytes([1, 0, 0, 0]), 4),
      ]),
  ]

  /// Only workers can send messages. The host's answer is the ending `malformed`.
  static let messageAttempts: [Attempt] = [
    "send-unasked-descriptor", "send-socket", "malformed-transport", "malformed-channel",
    "malformed-message", "flood",
  ].map { crime in
    Attempt(
      name: crime.split(separator: "-").joined(separator: " "), group: .messages, goal: .message,
      manner: .crime(crime))
  }
}
