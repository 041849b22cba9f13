// Written by Scripts/regenerate-goldens. Do not edit.
// swift-format-ignore-file

import MagePolicy

/// The shipped policies in Swift.
enum BuiltPolicies {
  static let all: [Policy] = [
    decoder_threads,
    judge,
    minimal,
    network_client,
    plugin,
    renderer,
    toolchain_job,
  ]

  static let decoder_threads =
  Policy("decoder-threads", version: 1, "Decodes untrusted data on several threads. No files, no network, no new programs.") {
    Descriptors(.null(0...2), .channel(3, "host"))
    Namespaces(kinds: [.user, .pid, .mount, .ipc, .uts, .cgroup, .net], network: .sharedEmpty)
    Identity(uid: 1000, gid: 1000)
    Limits(memory: 536870912, cpu: .nanoseconds(20000000000), deadline: .nanoseconds(10000000000), output: 0, processes: 1, threads: 16, openFiles: 64, lockedMemory: 0)
    IPCQuota(maxMessage: 1048576, maxDescriptors: 4, rate: 2000, burst: 4000, inflight: 64, handles: 128, queueBytes: 8388608)
    Startup {
      Allow(.`access`)
      Allow(.arch_prctl) { $0.code == .ARCH_SET_FS }
      Allow(.`brk`)
      Allow(.`close`)
      Allow(.execveat) { $0.flags == .AT_EMPTY_PATH }
      Allow(.`exit_group`)
      Allow(.fcntl) { $0.cmd.isOne(of: .F_GETFL, .F_SETFL, .F_GETFD, .F_SETFD) }
      Allow(.`futex`)
      Fail(.`ioctl`, with: 25)
      Allow(.`mmap`)
      Allow(.`mprotect`)
      Allow(.`munmap`)
      Allow(.`newfstatat`)
      Allow(.`openat`)
      Allow(.prctl) { $0.option == .PR_SET_NAME }
      Allow(.`pread64`)
      Allow(.prlimit64) { $0.pid == ConstantValue(UInt64(0)) }
      Allow(.`read`)
      Allow(.`readlink`)
      Allow(.`rseq`)
      Allow(.`rt_sigaction`)
      Allow(.`sched_getaffinity`)
      Allow(.`sendmsg`)
      Allow(.`set_robust_list`)
      Allow(.`set_tid_address`)
    }
    Serve {
      Allow(.`brk`)
      Allow(.`clock_gettime`)
      Allow(.`clock_nanosleep`)
      Allow(.clone) { $0.flags == .threadFlags }
      Allow(.`close`)
      Allow(.`epoll_create1`)
      Allow(.`epoll_ctl`)
      Allow(.`epoll_pwait`)
      Allow(.`epoll_wait`)
      Allow(.`eventfd2`)
      Allow(.`exit`)
      Allow(.`exit_group`)
      Allow(.fcntl) { $0.cmd.isOne(of: .F_GETFL, .F_GET_SEALS, .F_ADD_SEALS, .F_DUPFD_CLOEXEC) }
      Allow(.`fstat`)
      Allow(.`ftruncate`)
      Allow(.`futex`)
      Allow(.`getpid`)
      Allow(.`getrandom`)
      Allow(.`gettid`)
      Fail(.`ioctl`, with: 25)
      Allow(.`lseek`)
      Allow(.madvise) { $0.advice.isOne(of: .MADV_DONTNEED, .MADV_FREE) }
      Allow(.`memfd_create`)
      Allow(.mmap) { !($0.prot.has(.PROT_EXEC)) }
      Allow(.mprotect) { !($0.prot.has(.PROT_EXEC)) }
      Allow(.`mremap`)
      Allow(.`munmap`)
      Allow(.`nanosleep`)
      Allow(.newfstatat) { $0.flags == .AT_EMPTY_PATH }
      Allow(.prctl) { $0.option == .PR_SET_NAME }
      Allow(.`read`)
      Allow(.recvmsg) { $0.fd == ConstantValue(UInt64(3)) }
      Allow(.`restart_syscall`)
      Allow(.`rseq`)
      Allow(.`rt_sigprocmask`)
      Allow(.`rt_sigreturn`)
      Allow(.sched_getaffinity) { $0.pid == ConstantValue(UInt64(0)) }
      Fail(.`sched_setparam`, with: 1)
      Fail(.`sched_setscheduler`, with: 1)
      Allow(.`sched_yield`)
      Allow(.sendmsg) { $0.fd == ConstantValue(UInt64(3)) }
      Allow(.`set_robust_list`)
      Fake(.`setpriority`, returning: 0)
      Allow(.`timerfd_create`)
      Allow(.`timerfd_settime`)
      Allow(.`write`)
    }
    PolicyTest(name: "threads, but no processes", phase: .serve, expectations: [
      PolicyExpectation(.allows, .call("clone"), arguments: ["flags": ConstantValue(UInt64(4001536))]),
      PolicyExpectation(.allows, .call("recvmsg"), arguments: ["fd": ConstantValue(UInt64(3))]),
      PolicyExpectation(.allows, .call("mmap"), arguments: ["prot": ConstantValue(UInt64(3))]),
      PolicyExpectation(.allows, .call("mprotect"), arguments: ["prot": ConstantValue(UInt64(0))]),
      PolicyExpectation(.allows, .call("futex")),
      PolicyExpectation(.kills, .call("clone"), arguments: ["flags": ConstantValue(UInt64(17))]),
      PolicyExpectation(.kills, .call("clone"), arguments: ["flags": ConstantValue(UInt64(268435456))]),
      PolicyExpectation(.kills, .call("fork")),
      PolicyExpectation(.kills, .call("vfork")),
      PolicyExpectation(.kills, .call("recvmsg"), arguments: ["fd": ConstantValue(UInt64(4))]),
      PolicyExpectation(.kills, .call("sendmsg"), arguments: ["fd": ConstantValue(UInt64(2147483648))]),
      PolicyExpectation(.kills, .call("mprotect"), arguments: ["prot": ConstantValue(UInt64(4))]),
      PolicyExpectation(.kills, .call("mprotect"), arguments: ["prot": ConstantValue(UInt64(4294967300))]),
      PolicyExpectation(.kills, .call("mmap"), arguments: ["prot": ConstantValue(UInt64(4))]),
      PolicyExpectation(.kills, .call("sched_getaffinity"), arguments: ["pid": ConstantValue(UInt64(1))]),
      PolicyExpectation(.kills, .call("openat")),
      PolicyExpectation(.kills, .call("open")),
      PolicyExpectation(.kills, .call("execve")),
      PolicyExpectation(.kills, .call("execveat"), arguments: ["flags": ConstantValue(UInt64(4096))]),
      PolicyExpectation(.kills, .call("socket")),
      PolicyExpectation(.kills, .call("connect")),
      PolicyExpectation(.kills, .call("ptrace")),
      PolicyExpectation(.kills, .call("seccomp")),
      PolicyExpectation(.kills, .call("unshare")),
      PolicyExpectation(.kills, .call("getpid"), abi: .i386),
      PolicyExpectation(.kills, .call("read"), abi: .x32),
      PolicyExpectation(.kills, .number(500)),
      PolicyExpectation(.fakes, .call("setpriority")),
      PolicyExpectation(.errno(38), .call("clone3")),
      PolicyExpectation(.errno(1), .call("sched_setscheduler")),
    ])
  }

  static let judge =
  Policy("judge", version: 1, "Runs any program, static or dynamic, on a given input: a directory for files, threads, no network, no other programs.") {
    Descriptors(.input(0), .output(1...2))
    Namespaces(kinds: [.user, .pid, .mount, .ipc, .uts, .cgroup, .net], network: .sharedEmpty)
    Identity(uid: 1000, gid: 1000)
    Files(.temporary("/tmp", size: 67108864, noexec: true), .devices("null", "zero", "full", "random", "urandom"))
    Limits(memory: 268435456, cpu: .nanoseconds(10000000000), wall: .nanoseconds(30000000000), output: 16777216, processes: 1, threads: 16, openFiles: 64, lockedMemory: 0)
    IPCQuota(maxMessage: 1048576, maxDescriptors: 0, inflight: 64, handles: 128, queueBytes: 8388608)
    Startup {
      Allow(.`access`)
      Allow(.`alarm`)
      Fail(.arch_prctl, with: 22) { ($0.code & ConstantValue(UInt64(61440))) != ConstantValue(UInt64(4096)) }
      Allow(.arch_prctl) { $0.code == .ARCH_SET_FS }
      Allow(.`brk`)
      Allow(.`chdir`)
      Allow(.`clock_getres`)
      Allow(.`clock_gettime`)
      Allow(.`clock_nanosleep`)
      Allow(.clone) { $0.flags == .threadFlags }
      Allow(.`close`)
      Allow(.`copy_file_range`)
      Allow(.`creat`)
      Allow(.`dup`)
      Allow(.`dup2`)
      Allow(.`dup3`)
      Allow(.`exit`)
      Allow(.`exit_group`)
      Allow(.`faccessat`)
      Allow(.`faccessat2`)
      Allow(.`fadvise64`)
      Allow(.`fallocate`)
      Allow(.`fchdir`)
      Allow(.fcntl) { $0.cmd.isOne(of: .F_GETFL, .F_GETFD, .F_SETFD, .F_SETFL, .F_DUPFD, .F_DUPFD_CLOEXEC) }
      Allow(.`fdatasync`)
      Allow(.`fstat`)
      Allow(.`fstatfs`)
      Allow(.`fsync`)
      Allow(.`ftruncate`)
      Allow(.`futex`)
      Allow(.`getcwd`)
      Allow(.`getdents64`)
      Allow(.`getegid`)
      Allow(.`geteuid`)
      Allow(.`getgid`)
      Allow(.`getitimer`)
      Allow(.getpgid) { $0.pid == ConstantValue(UInt64(0)) }
      Allow(.`getpgrp`)
      Allow(.`getpid`)
      Allow(.`getppid`)
      Allow(.`getrandom`)
      Allow(.`getrlimit`)
      Allow(.`getrusage`)
      Allow(.getsid) { $0.pid == ConstantValue(UInt64(0)) }
      Allow(.`gettid`)
      Allow(.`gettimeofday`)
      Allow(.`getuid`)
      Fail(.`ioctl`, with: 25)
      Allow(.kill) { $0.pid == ConstantValue(UInt64(2)) }
      Allow(.`lseek`)
      Allow(.`lstat`)
      Allow(.madvise) { $0.advice.isOne(of: .MADV_DONTNEED, .MADV_FREE, .MADV_NORMAL, .MADV_WILLNEED, .MADV_HUGEPAGE, .MADV_NOHUGEPAGE) }
      Allow(.membarrier) { $0.cmd == ConstantValue(UInt64(0)) }
      Allow(.`mkdir`)
      Allow(.`mkdirat`)
      Allow(.mmap) { !($0.prot.has(.PROT_EXEC)) }
      Allow(.mmap) { (($0.prot.has(.PROT_EXEC)) && (!($0.prot.has(.PROT_WRITE)))) && (!($0.flags.has(.MAP_ANONYMOUS))) }
      Allow(.mprotect) { !($0.prot.has(.PROT_EXEC)) }
      Allow(.`mremap`)
      Allow(.`munmap`)
      Allow(.`nanosleep`)
      Allow(.`newfstatat`)
      Allow(.`open`)
      Allow(.`openat`)
      Allow(.`pause`)
      Allow(.`pipe`)
      Allow(.`pipe2`)
      Allow(.`poll`)
      Allow(.`ppoll`)
      Fail(.`prctl`, with: 22)
      Allow(.`pread64`)
      Allow(.`preadv`)
      Allow(.prlimit64) { $0.pid == ConstantValue(UInt64(0)) }
      Allow(.`pselect6`)
      Allow(.`pwrite64`)
      Allow(.`pwritev`)
      Allow(.`read`)
      Allow(.`readlink`)
      Allow(.`readlinkat`)
      Allow(.`readv`)
      Allow(.`rename`)
      Allow(.`renameat`)
      Allow(.`renameat2`)
      Allow(.`restart_syscall`)
      Allow(.`rmdir`)
      Allow(.`rseq`)
      Allow(.`rt_sigaction`)
      Allow(.`rt_sigpending`)
      Allow(.`rt_sigprocmask`)
      Allow(.`rt_sigreturn`)
      Allow(.`rt_sigsuspend`)
      Allow(.`rt_sigtimedwait`)
      Allow(.`sched_get_priority_max`)
      Allow(.`sched_get_priority_min`)
      Allow(.sched_getaffinity) { $0.pid == ConstantValue(UInt64(0)) }
      Allow(.`sched_getparam`)
      Allow(.`sched_getscheduler`)
      Fail(.`sched_setaffinity`, with: 1)
      Fail(.`sched_setparam`, with: 1)
      Fail(.`sched_setscheduler`, with: 1)
      Allow(.`sched_yield`)
      Allow(.`select`)
      Allow(.`sendfile`)
      Allow(.`set_robust_list`)
      Allow(.`set_tid_address`)
      Allow(.`setitimer`)
      Fail(.`setpriority`, with: 1)
      Allow(.`sigaltstack`)
      Allow(.`stat`)
      Allow(.`statfs`)
      Allow(.`statx`)
      Allow(.`sync_file_range`)
      Allow(.`sysinfo`)
      Allow(.tgkill) { $0.tgid == ConstantValue(UInt64(2)) }
      Allow(.`time`)
      Allow(.`times`)
      Allow(.`truncate`)
      Allow(.`umask`)
      Allow(.`uname`)
      Allow(.`unlink`)
      Allow(.`unlinkat`)
      Allow(.`write`)
      Allow(.`writev`)
    }
    PolicyTest(name: "a program and its threads", phase: .startup, expectations: [
      PolicyExpectation(.allows, .call("read"), arguments: ["fd": ConstantValue(UInt64(0))]),
      PolicyExpectation(.allows, .call("write"), arguments: ["fd": ConstantValue(UInt64(1))]),
      PolicyExpectation(.allows, .call("openat"), arguments: ["flags": ConstantValue(UInt64(66))]),
      PolicyExpectation(.allows, .call("unlink")),
      PolicyExpectation(.allows, .call("mkdir")),
      PolicyExpectation(.allows, .call("clone"), arguments: ["flags": ConstantValue(UInt64(4001536))]),
      PolicyExpectation(.allows, .call("pause")),
      PolicyExpectation(.allows, .call("poll")),
      PolicyExpectation(.allows, .call("exit_group")),
      PolicyExpectation(.allows, .call("kill"), arguments: ["pid": ConstantValue(UInt64(2)), "sig": ConstantValue(UInt64(9))]),
      PolicyExpectation(.allows, .call("tgkill"), arguments: ["sig": ConstantValue(UInt64(11)), "tgid": ConstantValue(UInt64(2))]),
      PolicyExpectation(.kills, .call("execve")),
      PolicyExpectation(.kills, .call("execveat"), arguments: ["flags": ConstantValue(UInt64(4096))]),
      PolicyExpectation(.kills, .call("fork")),
      PolicyExpectation(.kills, .call("vfork")),
      PolicyExpectation(.kills, .call("clone"), arguments: ["flags": ConstantValue(UInt64(17))]),
      PolicyExpectation(.kills, .call("clone"), arguments: ["flags": ConstantValue(UInt64(268435456))]),
      PolicyExpectation(.kills, .call("socket")),
      PolicyExpectation(.kills, .call("socketpair")),
      PolicyExpectation(.kills, .call("connect")),
      PolicyExpectation(.kills, .call("sendmsg"), arguments: ["fd": ConstantValue(UInt64(1))]),
      PolicyExpectation(.kills, .call("kill"), arguments: ["pid": ConstantValue(UInt64(1))]),
      PolicyExpectation(.kills, .call("kill"), arguments: ["pid": ConstantValue(UInt64(18446744073709551615))]),
      PolicyExpectation(.kills, .call("tgkill"), arguments: ["tgid": ConstantValue(UInt64(1))]),
      PolicyExpectation(.kills, .call("ptrace")),
      PolicyExpectation(.kills, .call("process_vm_readv")),
      PolicyExpectation(.kills, .call("mmap"), arguments: ["prot": ConstantValue(UInt64(6))]),
      PolicyExpectation(.kills, .call("mmap"), arguments: ["flags": ConstantValue(UInt64(32)), "prot": ConstantValue(UInt64(4))]),
      PolicyExpectation(.kills, .call("mprotect"), arguments: ["prot": ConstantValue(UInt64(4))]),
      PolicyExpectation(.kills, .call("memfd_create")),
      PolicyExpectation(.kills, .call("mlock")),
      PolicyExpectation(.kills, .call("shmget")),
      PolicyExpectation(.kills, .call("mount")),
      PolicyExpectation(.kills, .call("pivot_root")),
      PolicyExpectation(.kills, .call("unshare"), arguments: ["flags": ConstantValue(UInt64(268435456))]),
      PolicyExpectation(.kills, .call("setns")),
      PolicyExpectation(.kills, .call("seccomp")),
      PolicyExpectation(.kills, .call("bpf")),
      PolicyExpectation(.kills, .call("io_uring_setup")),
      PolicyExpectation(.kills, .call("userfaultfd")),
      PolicyExpectation(.kills, .call("perf_event_open")),
      PolicyExpectation(.kills, .call("keyctl")),
      PolicyExpectation(.kills, .call("personality")),
      PolicyExpectation(.kills, .call("chmod")),
      PolicyExpectation(.kills, .number(500)),
      PolicyExpectation(.kills, .number(-1)),
      PolicyExpectation(.kills, .call("getpid"), abi: .i386),
      PolicyExpectation(.kills, .call("read"), abi: .x32),
      PolicyExpectation(.errno(38), .call("clone3")),
      PolicyExpectation(.errno(25), .call("ioctl"), arguments: ["request": ConstantValue(UInt64(21522))]),
      PolicyExpectation(.errno(25), .call("ioctl"), arguments: ["request": ConstantValue(UInt64(4294988818))]),
    ])
  }

  static let minimal =
  Policy("minimal", version: 1, "Runs a program that reads its input and writes its output, and has no files of its own.") {
    Descriptors(.input(0), .output(1...2))
    Namespaces(kinds: [.user, .pid, .mount, .ipc, .uts, .cgroup, .net], network: .sharedEmpty)
    Identity(uid: 1000, gid: 1000)
    Limits(memory: 67108864, cpu: .nanoseconds(2000000000), wall: .nanoseconds(10000000000), output: 1048576, processes: 1, threads: 1, openFiles: 16, lockedMemory: 0)
    IPCQuota(maxMessage: 1048576, maxDescriptors: 0, inflight: 64, handles: 128, queueBytes: 8388608)
    Startup {
      Allow(.`access`)
      Fail(.arch_prctl, with: 22) { ($0.code & ConstantValue(UInt64(61440))) != ConstantValue(UInt64(4096)) }
      Allow(.arch_prctl) { $0.code == .ARCH_SET_FS }
      Allow(.`brk`)
      Allow(.`clock_getres`)
      Allow(.`clock_gettime`)
      Allow(.`clock_nanosleep`)
      Allow(.`close`)
      Allow(.`exit`)
      Allow(.`exit_group`)
      Allow(.`faccessat`)
      Allow(.`faccessat2`)
      Allow(.fcntl) { $0.cmd.isOne(of: .F_GETFL, .F_GETFD, .F_SETFD, .F_SETFL, .F_DUPFD, .F_DUPFD_CLOEXEC) }
      Allow(.`fstat`)
      Allow(.`futex`)
      Allow(.`getegid`)
      Allow(.`geteuid`)
      Allow(.`getgid`)
      Allow(.`getpid`)
      Allow(.`getppid`)
      Allow(.`getrandom`)
      Allow(.`getrlimit`)
      Allow(.`gettid`)
      Allow(.`gettimeofday`)
      Allow(.`getuid`)
      Fail(.`ioctl`, with: 25)
      Allow(.kill) { $0.pid == ConstantValue(UInt64(2)) }
      Allow(.`lseek`)
      Allow(.`lstat`)
      Allow(.madvise) { $0.advice.isOne(of: .MADV_DONTNEED, .MADV_FREE, .MADV_NORMAL, .MADV_WILLNEED, .MADV_HUGEPAGE, .MADV_NOHUGEPAGE) }
      Allow(.mmap) { !($0.prot.has(.PROT_EXEC)) }
      Allow(.mmap) { (($0.prot.has(.PROT_EXEC)) && (!($0.prot.has(.PROT_WRITE)))) && (!($0.flags.has(.MAP_ANONYMOUS))) }
      Allow(.mprotect) { !($0.prot.has(.PROT_EXEC)) }
      Allow(.`mremap`)
      Allow(.`munmap`)
      Allow(.`nanosleep`)
      Allow(.`newfstatat`)
      Allow(.`open`)
      Allow(.`openat`)
      Fail(.`prctl`, with: 22)
      Allow(.`pread64`)
      Allow(.prlimit64) { $0.pid == ConstantValue(UInt64(0)) }
      Allow(.`read`)
      Allow(.`readlink`)
      Allow(.`readlinkat`)
      Allow(.`readv`)
      Allow(.`restart_syscall`)
      Allow(.`rseq`)
      Allow(.`rt_sigaction`)
      Allow(.`rt_sigprocmask`)
      Allow(.`rt_sigreturn`)
      Allow(.`sched_yield`)
      Allow(.`set_robust_list`)
      Allow(.`set_tid_address`)
      Allow(.`sigaltstack`)
      Allow(.`stat`)
      Allow(.`statx`)
      Allow(.`sysinfo`)
      Allow(.tgkill) { $0.tgid == ConstantValue(UInt64(2)) }
      Allow(.`time`)
      Allow(.`uname`)
      Allow(.`write`)
      Allow(.`writev`)
    }
    PolicyTest(name: "streams and nothing else", phase: .startup, expectations: [
      PolicyExpectation(.allows, .call("read"), arguments: ["fd": ConstantValue(UInt64(0))]),
      PolicyExpectation(.allows, .call("write"), arguments: ["fd": ConstantValue(UInt64(1))]),
      PolicyExpectation(.allows, .call("exit_group")),
      PolicyExpectation(.allows, .call("mmap"), arguments: ["prot": ConstantValue(UInt64(3))]),
      PolicyExpectation(.allows, .call("kill"), arguments: ["pid": ConstantValue(UInt64(2)), "sig": ConstantValue(UInt64(15))]),
      PolicyExpectation(.allows, .call("tgkill"), arguments: ["sig": ConstantValue(UInt64(6)), "tgid": ConstantValue(UInt64(2))]),
      PolicyExpectation(.kills, .call("execve")),
      PolicyExpectation(.kills, .call("fork")),
      PolicyExpectation(.kills, .call("vfork")),
      PolicyExpectation(.kills, .call("clone"), arguments: ["flags": ConstantValue(UInt64(4001536))]),
      PolicyExpectation(.kills, .call("socket")),
      PolicyExpectation(.kills, .call("connect")),
      PolicyExpectation(.kills, .call("ptrace")),
      PolicyExpectation(.kills, .call("unlinkat")),
      PolicyExpectation(.kills, .call("mkdirat")),
      PolicyExpectation(.kills, .call("kill"), arguments: ["pid": ConstantValue(UInt64(1))]),
      PolicyExpectation(.kills, .call("kill"), arguments: ["pid": ConstantValue(UInt64(18446744073709551615))]),
      PolicyExpectation(.kills, .call("kill"), arguments: ["pid": ConstantValue(UInt64(4294967297))]),
      PolicyExpectation(.kills, .call("mmap"), arguments: ["prot": ConstantValue(UInt64(6))]),
      PolicyExpectation(.kills, .call("mmap"), arguments: ["flags": ConstantValue(UInt64(32)), "prot": ConstantValue(UInt64(4))]),
      PolicyExpectation(.kills, .call("mprotect"), arguments: ["prot": ConstantValue(UInt64(4))]),
      PolicyExpectation(.kills, .call("mprotect"), arguments: ["prot": ConstantValue(UInt64(4294967300))]),
      PolicyExpectation(.kills, .call("arch_prctl"), arguments: ["code": ConstantValue(UInt64(4097))]),
      PolicyExpectation(.kills, .call("io_uring_setup")),
      PolicyExpectation(.kills, .call("bpf")),
      PolicyExpectation(.kills, .call("unshare"), arguments: ["flags": ConstantValue(UInt64(268435456))]),
      PolicyExpectation(.kills, .call("seccomp")),
      PolicyExpectation(.kills, .call("personality")),
      PolicyExpectation(.kills, .number(500)),
      PolicyExpectation(.kills, .number(-1)),
      PolicyExpectation(.kills, .call("getpid"), abi: .i386),
      PolicyExpectation(.kills, .call("read"), abi: .x32),
      PolicyExpectation(.errno(38), .call("clone3")),
      PolicyExpectation(.errno(25), .call("ioctl"), arguments: ["request": ConstantValue(UInt64(21522))]),
      PolicyExpectation(.errno(25), .call("ioctl"), arguments: ["request": ConstantValue(UInt64(4294988818))]),
      PolicyExpectation(.errno(22), .call("prctl"), arguments: ["option": ConstantValue(UInt64(4))]),
      PolicyExpectation(.errno(22), .call("arch_prctl"), arguments: ["code": ConstantValue(UInt64(12289))]),
    ])
  }

  static let network_client =
  Policy("network-client", version: 1, "Talks to granted addresses over TCP, and to nobody else. No files, no other programs.") {
    Descriptors(.null(0...2), .channel(3, "host"))
    Namespaces(kinds: [.user, .pid, .mount, .ipc, .uts, .cgroup, .net], network: .own)
    Identity(uid: 1000, gid: 1000)
    Network(ConnectGrant(host: "localhost", port: 8443))
    Limits(memory: 134217728, cpu: .nanoseconds(30000000000), deadline: .nanoseconds(30000000000), output: 0, processes: 1, threads: 1, openFiles: 64, lockedMemory: 0)
    IPCQuota(maxMessage: 1048576, maxDescriptors: 2, rate: 1000, burst: 2000, inflight: 32, handles: 64, queueBytes: 4194304)
    Startup {
      Allow(.`access`)
      Allow(.arch_prctl) { $0.code == .ARCH_SET_FS }
      Allow(.`brk`)
      Allow(.`close`)
      Allow(.execveat) { $0.flags == .AT_EMPTY_PATH }
      Allow(.`exit_group`)
      Allow(.fcntl) { $0.cmd.isOne(of: .F_GETFL, .F_SETFL, .F_GETFD, .F_SETFD) }
      Allow(.`futex`)
      Fail(.`ioctl`, with: 25)
      Allow(.`mmap`)
      Allow(.`mprotect`)
      Allow(.`munmap`)
      Allow(.`newfstatat`)
      Allow(.`openat`)
      Allow(.prctl) { $0.option == .PR_SET_NAME }
      Allow(.`pread64`)
      Allow(.prlimit64) { $0.pid == ConstantValue(UInt64(0)) }
      Allow(.`read`)
      Allow(.`readlink`)
      Allow(.`rseq`)
      Allow(.`rt_sigaction`)
      Allow(.`sched_getaffinity`)
      Allow(.`sendmsg`)
      Allow(.`set_robust_list`)
      Allow(.`set_tid_address`)
    }
    Serve {
      Allow(.`brk`)
      Allow(.`clock_gettime`)
      Allow(.`close`)
      Broker(.`connect`)
      Allow(.`epoll_create1`)
      Allow(.`epoll_ctl`)
      Allow(.`epoll_pwait`)
      Allow(.`epoll_wait`)
      Allow(.`eventfd2`)
      Allow(.`exit`)
      Allow(.`exit_group`)
      Allow(.fcntl) { $0.cmd.isOne(of: .F_GETFL, .F_GET_SEALS, .F_ADD_SEALS, .F_DUPFD_CLOEXEC) }
      Allow(.`fstat`)
      Allow(.`ftruncate`)
      Allow(.`futex`)
      Allow(.`getpeername`)
      Allow(.`getpid`)
      Allow(.`getrandom`)
      Allow(.`getsockname`)
      Allow(.`getsockopt`)
      Allow(.`gettid`)
      Fail(.`ioctl`, with: 25)
      Allow(.`lseek`)
      Allow(.madvise) { $0.advice.isOne(of: .MADV_DONTNEED, .MADV_FREE) }
      Allow(.`memfd_create`)
      Allow(.mmap) { !($0.prot.has(.PROT_EXEC)) }
      Allow(.`mremap`)
      Allow(.`munmap`)
      Allow(.newfstatat) { $0.flags == .AT_EMPTY_PATH }
      Allow(.`poll`)
      Allow(.`ppoll`)
      Allow(.`read`)
      Allow(.`recvfrom`)
      Allow(.recvmsg) { $0.fd == ConstantValue(UInt64(3)) }
      Allow(.`restart_syscall`)
      Allow(.`rt_sigprocmask`)
      Allow(.`rt_sigreturn`)
      Allow(.sched_getaffinity) { $0.pid == ConstantValue(UInt64(0)) }
      Allow(.`sched_yield`)
      Allow(.sendmsg) { $0.fd == ConstantValue(UInt64(3)) }
      Allow(.`sendto`)
      Allow(.setsockopt) { $0.level.isOne(of: .SOL_SOCKET, ConstantValue(UInt64(6))) }
      Allow(.`shutdown`)
      Allow(.socket) { (($0.domain.isOne(of: .AF_INET, .AF_INET6)) && (($0.type & ConstantValue(UInt64(15))) == .SOCK_STREAM)) && ($0.protocol.isOne(of: ConstantValue(UInt64(0)), ConstantValue(UInt64(6)))) }
      Allow(.`timerfd_create`)
      Allow(.`timerfd_settime`)
      Allow(.`write`)
    }
    PolicyTest(name: "connections by grant", phase: .serve, expectations: [
      PolicyExpectation(.allows, .call("socket"), arguments: ["domain": ConstantValue(UInt64(2)), "type": ConstantValue(UInt64(1))]),
      PolicyExpectation(.allows, .call("socket"), arguments: ["domain": ConstantValue(UInt64(10)), "type": ConstantValue(UInt64(524289))]),
      PolicyExpectation(.allows, .call("recvfrom")),
      PolicyExpectation(.allows, .call("sendto")),
      PolicyExpectation(.allows, .call("recvmsg"), arguments: ["fd": ConstantValue(UInt64(3))]),
      PolicyExpectation(.allows, .call("poll")),
      PolicyExpectation(.brokers, .call("connect")),
      PolicyExpectation(.kills, .call("socket"), arguments: ["domain": ConstantValue(UInt64(1)), "type": ConstantValue(UInt64(1))]),
      PolicyExpectation(.kills, .call("socket"), arguments: ["domain": ConstantValue(UInt64(2)), "type": ConstantValue(UInt64(2))]),
      PolicyExpectation(.kills, .call("socket"), arguments: ["domain": ConstantValue(UInt64(2)), "type": ConstantValue(UInt64(3))]),
      PolicyExpectation(.kills, .call("socket"), arguments: ["domain": ConstantValue(UInt64(16))]),
      PolicyExpectation(.kills, .call("socket"), arguments: ["domain": ConstantValue(UInt64(17))]),
      PolicyExpectation(.kills, .call("bind")),
      PolicyExpectation(.kills, .call("listen")),
      PolicyExpectation(.kills, .call("accept")),
      PolicyExpectation(.kills, .call("accept4")),
      PolicyExpectation(.kills, .call("sendmmsg")),
      PolicyExpectation(.kills, .call("recvmsg"), arguments: ["fd": ConstantValue(UInt64(4))]),
      PolicyExpectation(.kills, .call("openat")),
      PolicyExpectation(.kills, .call("open")),
      PolicyExpectation(.kills, .call("execve")),
      PolicyExpectation(.kills, .call("fork")),
      PolicyExpectation(.kills, .call("clone"), arguments: ["flags": ConstantValue(UInt64(4001536))]),
      PolicyExpectation(.kills, .call("ptrace")),
      PolicyExpectation(.kills, .call("seccomp")),
      PolicyExpectation(.kills, .call("mmap"), arguments: ["prot": ConstantValue(UInt64(4))]),
      PolicyExpectation(.kills, .call("getpid"), abi: .i386),
      PolicyExpectation(.kills, .call("read"), abi: .x32),
      PolicyExpectation(.kills, .number(500)),
      PolicyExpectation(.errno(38), .call("clone3")),
    ])
  }

  static let plugin =
  Policy("plugin", version: 1, "A third party's extension: works on what it is sent, and may read shared data by name.") {
    Descriptors(.null(0...2), .channel(3, "host"))
    Namespaces(kinds: [.user, .pid, .mount, .ipc, .uts, .cgroup, .net], network: .sharedEmpty)
    Identity(uid: 1000, gid: 1000)
    Files(.brokered(.read, in: "/usr/share", "**", maxOpen: 64))
    Limits(memory: 268435456, cpu: .nanoseconds(30000000000), deadline: .nanoseconds(10000000000), output: 0, processes: 1, threads: 1, openFiles: 64, lockedMemory: 0)
    IPCQuota(maxMessage: 1048576, maxDescriptors: 2, rate: 1000, burst: 2000, inflight: 32, handles: 64, queueBytes: 4194304)
    Startup {
      Allow(.`access`)
      Allow(.arch_prctl) { $0.code == .ARCH_SET_FS }
      Allow(.`brk`)
      Allow(.`close`)
      Allow(.execveat) { $0.flags == .AT_EMPTY_PATH }
      Allow(.`exit_group`)
      Allow(.fcntl) { $0.cmd.isOne(of: .F_GETFL, .F_SETFL, .F_GETFD, .F_SETFD) }
      Allow(.`futex`)
      Fail(.`ioctl`, with: 25)
      Allow(.`mmap`)
      Allow(.`mprotect`)
      Allow(.`munmap`)
      Allow(.`newfstatat`)
      Allow(.`openat`)
      Allow(.prctl) { $0.option == .PR_SET_NAME }
      Allow(.`pread64`)
      Allow(.prlimit64) { $0.pid == ConstantValue(UInt64(0)) }
      Allow(.`read`)
      Allow(.`readlink`)
      Allow(.`rseq`)
      Allow(.`rt_sigaction`)
      Allow(.`sched_getaffinity`)
      Allow(.`sendmsg`)
      Allow(.`set_robust_list`)
      Allow(.`set_tid_address`)
    }
    Serve {
      Allow(.`brk`)
      Allow(.`clock_gettime`)
      Allow(.`close`)
      Allow(.`epoll_create1`)
      Allow(.`epoll_ctl`)
      Allow(.`epoll_pwait`)
      Allow(.`epoll_wait`)
      Allow(.`eventfd2`)
      Allow(.`exit`)
      Allow(.`exit_group`)
      Allow(.fcntl) { $0.cmd.isOne(of: .F_GETFL, .F_GET_SEALS, .F_ADD_SEALS, .F_DUPFD_CLOEXEC) }
      Allow(.`fstat`)
      Allow(.`ftruncate`)
      Allow(.`futex`)
      Allow(.`getpid`)
      Allow(.`getrandom`)
      Allow(.`gettid`)
      Fail(.`ioctl`, with: 25)
      Allow(.`lseek`)
      Allow(.madvise) { $0.advice.isOne(of: .MADV_DONTNEED, .MADV_FREE) }
      Allow(.`memfd_create`)
      Allow(.mmap) { !($0.prot.has(.PROT_EXEC)) }
      Allow(.`mremap`)
      Allow(.`munmap`)
      Allow(.newfstatat) { $0.flags == .AT_EMPTY_PATH }
      Broker(.open) { ($0.flags & .O_ACCMODE) == .O_RDONLY }
      Broker(.openat) { ($0.flags & .O_ACCMODE) == .O_RDONLY }
      Allow(.`pread64`)
      Allow(.`read`)
      Allow(.recvmsg) { $0.fd == ConstantValue(UInt64(3)) }
      Allow(.`restart_syscall`)
      Allow(.`rt_sigprocmask`)
      Allow(.`rt_sigreturn`)
      Allow(.sched_getaffinity) { $0.pid == ConstantValue(UInt64(0)) }
      Allow(.`sched_yield`)
      Allow(.sendmsg) { $0.fd == ConstantValue(UInt64(3)) }
      Allow(.`timerfd_create`)
      Allow(.`timerfd_settime`)
      Allow(.`write`)
    }
    PolicyTest(name: "files by name, and read only", phase: .serve, expectations: [
      PolicyExpectation(.allows, .call("recvmsg"), arguments: ["fd": ConstantValue(UInt64(3))]),
      PolicyExpectation(.allows, .call("read")),
      PolicyExpectation(.allows, .call("pread64")),
      PolicyExpectation(.allows, .call("mmap"), arguments: ["prot": ConstantValue(UInt64(1))]),
      PolicyExpectation(.brokers, .call("openat"), arguments: ["flags": ConstantValue(UInt64(0))]),
      PolicyExpectation(.brokers, .call("openat"), arguments: ["flags": ConstantValue(UInt64(524288))]),
      PolicyExpectation(.brokers, .call("open")),
      PolicyExpectation(.kills, .call("openat"), arguments: ["flags": ConstantValue(UInt64(2))]),
      PolicyExpectation(.kills, .call("openat"), arguments: ["flags": ConstantValue(UInt64(65))]),
      PolicyExpectation(.kills, .call("openat"), arguments: ["flags": ConstantValue(UInt64(4294967298))]),
      PolicyExpectation(.kills, .call("openat2")),
      PolicyExpectation(.kills, .call("open_by_handle_at")),
      PolicyExpectation(.kills, .call("recvmsg"), arguments: ["fd": ConstantValue(UInt64(4))]),
      PolicyExpectation(.kills, .call("getdents64")),
      PolicyExpectation(.kills, .call("unlinkat")),
      PolicyExpectation(.kills, .call("execve")),
      PolicyExpectation(.kills, .call("clone"), arguments: ["flags": ConstantValue(UInt64(4001536))]),
      PolicyExpectation(.kills, .call("fork")),
      PolicyExpectation(.kills, .call("socket")),
      PolicyExpectation(.kills, .call("connect")),
      PolicyExpectation(.kills, .call("ptrace")),
      PolicyExpectation(.kills, .call("seccomp")),
      PolicyExpectation(.kills, .call("mmap"), arguments: ["prot": ConstantValue(UInt64(4))]),
      PolicyExpectation(.kills, .call("mprotect")),
      PolicyExpectation(.kills, .call("getpid"), abi: .i386),
      PolicyExpectation(.kills, .call("read"), abi: .x32),
      PolicyExpectation(.kills, .number(500)),
      PolicyExpectation(.errno(38), .call("clone3")),
    ])
  }

  static let renderer =
  Policy("renderer", version: 1, "Decodes untrusted images. No files, no network, no new programs, no threads.") {
    Descriptors(.null(0...2), .channel(3, "host"))
    Namespaces(kinds: [.user, .pid, .mount, .ipc, .uts, .cgroup, .net], network: .sharedEmpty)
    Identity(uid: 1000, gid: 1000)
    Limits(memory: 268435456, cpu: .nanoseconds(4000000000), deadline: .nanoseconds(6000000000), output: 0, processes: 1, threads: 1, openFiles: 32, lockedMemory: 0)
    IPCQuota(maxMessage: 1048576, maxDescriptors: 2, rate: 2000, burst: 4000, inflight: 64, handles: 128, queueBytes: 8388608, maxPayload: 16777216, poolBytes: 33554432, transport: .ring)
    Startup {
      Allow(.`access`)
      Allow(.arch_prctl) { $0.code == .ARCH_SET_FS }
      Allow(.`brk`)
      Allow(.`close`)
      Allow(.execveat) { $0.flags == .AT_EMPTY_PATH }
      Allow(.`exit_group`)
      Allow(.fcntl) { $0.cmd.isOne(of: .F_GETFL, .F_SETFL, .F_GETFD, .F_SETFD) }
      Allow(.`futex`)
      Fail(.`ioctl`, with: 25)
      Allow(.`mmap`)
      Allow(.`mprotect`)
      Allow(.`munmap`)
      Allow(.`newfstatat`)
      Allow(.`openat`)
      Allow(.prctl) { $0.option == .PR_SET_NAME }
      Allow(.`pread64`)
      Allow(.prlimit64) { $0.pid == ConstantValue(UInt64(0)) }
      Allow(.`read`)
      Allow(.`readlink`)
      Allow(.`rseq`)
      Allow(.`rt_sigaction`)
      Allow(.`sched_getaffinity`)
      Allow(.`sendmsg`)
      Allow(.`set_robust_list`)
      Allow(.`set_tid_address`)
    }
    Serve {
      Allow(.`brk`)
      Allow(.`clock_gettime`)
      Allow(.`close`)
      Allow(.`epoll_create1`)
      Allow(.`epoll_ctl`)
      Allow(.`epoll_pwait`)
      Allow(.`epoll_wait`)
      Allow(.`eventfd2`)
      Allow(.`exit`)
      Allow(.`exit_group`)
      Allow(.fcntl) { $0.cmd.isOne(of: .F_GETFL, .F_GET_SEALS, .F_ADD_SEALS, .F_DUPFD_CLOEXEC) }
      Allow(.`fstat`)
      Allow(.`ftruncate`)
      Allow(.`futex`)
      Allow(.`getpid`)
      Allow(.`getrandom`)
      Allow(.`gettid`)
      Fail(.`ioctl`, with: 25)
      Allow(.`lseek`)
      Allow(.madvise) { $0.advice.isOne(of: .MADV_DONTNEED, .MADV_FREE) }
      Allow(.`memfd_create`)
      Allow(.mmap) { !($0.prot.has(.PROT_EXEC)) }
      Allow(.`mremap`)
      Allow(.`munmap`)
      Allow(.newfstatat) { $0.flags == .AT_EMPTY_PATH }
      Allow(.`read`)
      Allow(.recvmsg) { $0.fd == ConstantValue(UInt64(3)) }
      Allow(.`restart_syscall`)
      Allow(.`rt_sigprocmask`)
      Allow(.`rt_sigreturn`)
      Allow(.sched_getaffinity) { $0.pid == ConstantValue(UInt64(0)) }
      Allow(.`sched_yield`)
      Allow(.sendmsg) { $0.fd == ConstantValue(UInt64(3)) }
      Allow(.`timerfd_create`)
      Allow(.`timerfd_settime`)
      Allow(.`write`)
    }
  }

  static let toolchain_job =
  Policy("toolchain-job", version: 1, "Runs compilers and what they call: many processes, the system's programs to read, a directory for results, no network.") {
    Descriptors(.input(0), .output(1...2))
    Namespaces(kinds: [.user, .pid, .mount, .ipc, .uts, .cgroup, .net], network: .own)
    Identity(uid: 1000, gid: 1000)
    Files(.readOnly("/usr", "/bin", "/lib", "/lib64", "/etc/alternatives"), .temporary("/tmp", size: 536870912, noexec: true), .devices("null", "zero", "full", "random", "urandom"))
    Limits(memory: 2147483648, cpu: .nanoseconds(120000000000), wall: .nanoseconds(300000000000), output: 268435456, processes: 64, threads: 128, openFiles: 256, lockedMemory: 0)
    IPCQuota(maxMessage: 1048576, maxDescriptors: 0, inflight: 64, handles: 128, queueBytes: 8388608)
    Startup {
      Allow(.`access`)
      Allow(.`alarm`)
      Fail(.arch_prctl, with: 22) { ($0.code & ConstantValue(UInt64(61440))) != ConstantValue(UInt64(4096)) }
      Allow(.arch_prctl) { $0.code == .ARCH_SET_FS }
      Allow(.`brk`)
      Allow(.`chdir`)
      Allow(.`chmod`)
      Allow(.`clock_getres`)
      Allow(.`clock_gettime`)
      Allow(.`clock_nanosleep`)
      Allow(.clone) { (($0.flags & ConstantValue(UInt64(2114060416))) == ConstantValue(UInt64(0))) && ((!($0.flags.has(.CLONE_THREAD))) || ($0.flags.has(.CLONE_FILES))) }
      Allow(.clone) { $0.flags == .threadFlags }
      Allow(.`close`)
      Allow(.`copy_file_range`)
      Allow(.`creat`)
      Allow(.`dup`)
      Allow(.`dup2`)
      Allow(.`dup3`)
      Allow(.`epoll_create1`)
      Allow(.`epoll_ctl`)
      Allow(.`epoll_pwait`)
      Allow(.`epoll_wait`)
      Allow(.`eventfd2`)
      Allow(.`execve`)
      Allow(.`execveat`)
      Allow(.`exit`)
      Allow(.`exit_group`)
      Allow(.`faccessat`)
      Allow(.`faccessat2`)
      Allow(.`fadvise64`)
      Allow(.`fallocate`)
      Allow(.`fchdir`)
      Allow(.`fchmod`)
      Allow(.`fchmodat`)
      Allow(.fcntl) { $0.cmd.isOne(of: .F_GETFL, .F_GETFD, .F_SETFD, .F_SETFL, .F_DUPFD, .F_DUPFD_CLOEXEC) }
      Allow(.`fdatasync`)
      Allow(.`flock`)
      Allow(.`fork`)
      Allow(.`fstat`)
      Allow(.`fstatfs`)
      Allow(.`fsync`)
      Allow(.`ftruncate`)
      Allow(.`futex`)
      Allow(.`getcwd`)
      Allow(.`getdents64`)
      Allow(.`getegid`)
      Allow(.`geteuid`)
      Allow(.`getgid`)
      Allow(.`getitimer`)
      Allow(.`getpgid`)
      Allow(.`getpgrp`)
      Allow(.`getpid`)
      Allow(.`getppid`)
      Allow(.`getrandom`)
      Allow(.`getrlimit`)
      Allow(.`getrusage`)
      Allow(.`getsid`)
      Allow(.`gettid`)
      Allow(.`gettimeofday`)
      Allow(.`getuid`)
      Fail(.`ioctl`, with: 25)
      Allow(.`kill`)
      Allow(.kill) { $0.pid == ConstantValue(UInt64(2)) }
      Allow(.`link`)
      Allow(.`linkat`)
      Allow(.`lseek`)
      Allow(.`lstat`)
      Allow(.madvise) { $0.advice.isOne(of: .MADV_DONTNEED, .MADV_FREE, .MADV_NORMAL, .MADV_WILLNEED, .MADV_HUGEPAGE, .MADV_NOHUGEPAGE) }
      Allow(.membarrier) { $0.cmd == ConstantValue(UInt64(0)) }
      Allow(.`mkdir`)
      Allow(.`mkdirat`)
      Allow(.mmap) { !($0.prot.has(.PROT_EXEC)) }
      Allow(.mmap) { (($0.prot.has(.PROT_EXEC)) && (!($0.prot.has(.PROT_WRITE)))) && (!($0.flags.has(.MAP_ANONYMOUS))) }
      Allow(.mprotect) { !($0.prot.has(.PROT_EXEC)) }
      Allow(.`mremap`)
      Allow(.`munmap`)
      Allow(.`nanosleep`)
      Allow(.`newfstatat`)
      Allow(.`open`)
      Allow(.`openat`)
      Allow(.`pause`)
      Allow(.`pipe`)
      Allow(.`pipe2`)
      Allow(.`poll`)
      Allow(.`ppoll`)
      Fail(.`prctl`, with: 22)
      Allow(.`pread64`)
      Allow(.`preadv`)
      Allow(.prlimit64) { $0.pid == ConstantValue(UInt64(0)) }
      Allow(.`pselect6`)
      Allow(.`pwrite64`)
      Allow(.`pwritev`)
      Allow(.`read`)
      Allow(.`readlink`)
      Allow(.`readlinkat`)
      Allow(.`readv`)
      Allow(.`rename`)
      Allow(.`renameat`)
      Allow(.`renameat2`)
      Allow(.`restart_syscall`)
      Allow(.`rmdir`)
      Allow(.`rseq`)
      Allow(.`rt_sigaction`)
      Allow(.`rt_sigpending`)
      Allow(.`rt_sigprocmask`)
      Allow(.`rt_sigreturn`)
      Allow(.`rt_sigsuspend`)
      Allow(.`rt_sigtimedwait`)
      Allow(.`sched_get_priority_max`)
      Allow(.`sched_get_priority_min`)
      Allow(.sched_getaffinity) { $0.pid == ConstantValue(UInt64(0)) }
      Allow(.`sched_getparam`)
      Allow(.`sched_getscheduler`)
      Fail(.`sched_setaffinity`, with: 1)
      Fail(.`sched_setparam`, with: 1)
      Fail(.`sched_setscheduler`, with: 1)
      Allow(.`sched_yield`)
      Allow(.`select`)
      Allow(.`sendfile`)
      Allow(.`set_robust_list`)
      Allow(.`set_tid_address`)
      Allow(.`setitimer`)
      Allow(.`setpgid`)
      Fail(.`setpriority`, with: 1)
      Allow(.`setsid`)
      Allow(.`sigaltstack`)
      Allow(.socketpair) { $0.domain == .AF_UNIX }
      Allow(.`stat`)
      Allow(.`statfs`)
      Allow(.`statx`)
      Allow(.`symlink`)
      Allow(.`symlinkat`)
      Allow(.`sync_file_range`)
      Allow(.`sysinfo`)
      Allow(.`tgkill`)
      Allow(.tgkill) { $0.tgid == ConstantValue(UInt64(2)) }
      Allow(.`time`)
      Allow(.`times`)
      Allow(.`tkill`)
      Allow(.`truncate`)
      Allow(.`umask`)
      Allow(.`uname`)
      Allow(.`unlink`)
      Allow(.`unlinkat`)
      Allow(.`utimensat`)
      Allow(.`vfork`)
      Allow(.`wait4`)
      Allow(.`waitid`)
      Allow(.`write`)
      Allow(.`writev`)
    }
    PolicyTest(name: "processes, but no way out", phase: .startup, expectations: [
      PolicyExpectation(.allows, .call("execve")),
      PolicyExpectation(.allows, .call("vfork")),
      PolicyExpectation(.allows, .call("fork")),
      PolicyExpectation(.allows, .call("clone"), arguments: ["flags": ConstantValue(UInt64(16657))]),
      PolicyExpectation(.allows, .call("clone"), arguments: ["flags": ConstantValue(UInt64(4001536))]),
      PolicyExpectation(.allows, .call("wait4")),
      PolicyExpectation(.kills, .call("clone"), arguments: ["flags": ConstantValue(UInt64(268435456))]),
      PolicyExpectation(.kills, .call("clone"), arguments: ["flags": ConstantValue(UInt64(131072))]),
      PolicyExpectation(.kills, .call("clone"), arguments: ["flags": ConstantValue(UInt64(536870912))]),
      PolicyExpectation(.kills, .call("clone"), arguments: ["flags": ConstantValue(UInt64(1073741824))]),
      PolicyExpectation(.kills, .call("clone"), arguments: ["flags": ConstantValue(UInt64(128))]),
      PolicyExpectation(.kills, .call("clone"), arguments: ["flags": ConstantValue(UInt64(67840))]),
      PolicyExpectation(.kills, .call("unshare"), arguments: ["flags": ConstantValue(UInt64(268435456))]),
      PolicyExpectation(.kills, .call("setns")),
      PolicyExpectation(.kills, .call("mount")),
      PolicyExpectation(.kills, .call("pivot_root")),
      PolicyExpectation(.kills, .call("chroot")),
      PolicyExpectation(.kills, .call("ptrace")),
      PolicyExpectation(.kills, .call("process_vm_readv")),
      PolicyExpectation(.kills, .call("socket")),
      PolicyExpectation(.kills, .call("connect")),
      PolicyExpectation(.kills, .call("bind")),
      PolicyExpectation(.kills, .call("socketpair"), arguments: ["domain": ConstantValue(UInt64(2))]),
      PolicyExpectation(.kills, .call("bpf")),
      PolicyExpectation(.kills, .call("io_uring_setup")),
      PolicyExpectation(.kills, .call("seccomp")),
      PolicyExpectation(.kills, .call("personality")),
      PolicyExpectation(.kills, .call("mmap"), arguments: ["prot": ConstantValue(UInt64(6))]),
      PolicyExpectation(.kills, .call("mprotect"), arguments: ["prot": ConstantValue(UInt64(4))]),
      PolicyExpectation(.kills, .call("keyctl")),
      PolicyExpectation(.kills, .call("getpid"), abi: .i386),
      PolicyExpectation(.kills, .call("read"), abi: .x32),
      PolicyExpectation(.errno(38), .call("clone3")),
    ])
  }
}
