// Written by Scripts/regenerate-builder. Do not edit.
// swift-format-ignore-file

/// What a condition on `accept` may compare.
public struct AcceptArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
}

extension SystemCall where Arguments == AcceptArguments {
  public static var accept: Self { Self("accept") }
}

/// What a condition on `accept4` may compare.
public struct Accept4Arguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == Accept4Arguments {
  public static var accept4: Self { Self("accept4") }
}

/// What a condition on `access` may compare.
public struct AccessArguments: CallArguments {
  public init() {}
  public let mode = CallArgument("mode")
}

extension SystemCall where Arguments == AccessArguments {
  public static var access: Self { Self("access") }
}

/// What a condition on `alarm` may compare.
public struct AlarmArguments: CallArguments {
  public init() {}
  public let seconds = CallArgument("seconds")
}

extension SystemCall where Arguments == AlarmArguments {
  public static var alarm: Self { Self("alarm") }
}

/// What a condition on `arch_prctl` may compare.
public struct ArchprctlArguments: CallArguments {
  public init() {}
  public let code = CallArgument("code")
}

extension SystemCall where Arguments == ArchprctlArguments {
  public static var arch_prctl: Self { Self("arch_prctl") }
}

/// What a condition on `bind` may compare.
public struct BindArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let addrlen = CallArgument("addrlen")
}

extension SystemCall where Arguments == BindArguments {
  public static var bind: Self { Self("bind") }
}

/// What a condition on `brk` may compare.
public struct BrkArguments: CallArguments {
  public init() {}
}

extension SystemCall where Arguments == BrkArguments {
  public static var brk: Self { Self("brk") }
}

/// What a condition on `chdir` may compare.
public struct ChdirArguments: CallArguments {
  public init() {}
}

extension SystemCall where Arguments == ChdirArguments {
  public static var chdir: Self { Self("chdir") }
}

/// What a condition on `chmod` may compare.
public struct ChmodArguments: CallArguments {
  public init() {}
  public let mode = CallArgument("mode")
}

extension SystemCall where Arguments == ChmodArguments {
  public static var chmod: Self { Self("chmod") }
}

/// What a condition on `clock_getres` may compare.
public struct ClockgetresArguments: CallArguments {
  public init() {}
  public let clockid = CallArgument("clockid")
}

extension SystemCall where Arguments == ClockgetresArguments {
  public static var clock_getres: Self { Self("clock_getres") }
}

/// What a condition on `clock_gettime` may compare.
public struct ClockgettimeArguments: CallArguments {
  public init() {}
  public let clockid = CallArgument("clockid")
}

extension SystemCall where Arguments == ClockgettimeArguments {
  public static var clock_gettime: Self { Self("clock_gettime") }
}

/// What a condition on `clock_nanosleep` may compare.
public struct ClocknanosleepArguments: CallArguments {
  public init() {}
  public let clockid = CallArgument("clockid")
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == ClocknanosleepArguments {
  public static var clock_nanosleep: Self { Self("clock_nanosleep") }
}

/// What a condition on `clone` may compare.
public struct CloneArguments: CallArguments {
  public init() {}
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == CloneArguments {
  public static var clone: Self { Self("clone") }
}

/// What a condition on `close` may compare.
public struct CloseArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
}

extension SystemCall where Arguments == CloseArguments {
  public static var close: Self { Self("close") }
}

/// What a condition on `close_range` may compare.
public struct CloserangeArguments: CallArguments {
  public init() {}
  public let first = CallArgument("first")
  public let last = CallArgument("last")
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == CloserangeArguments {
  public static var close_range: Self { Self("close_range") }
}

/// What a condition on `connect` may compare.
public struct ConnectArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let addrlen = CallArgument("addrlen")
}

extension SystemCall where Arguments == ConnectArguments {
  public static var connect: Self { Self("connect") }
}

/// What a condition on `copy_file_range` may compare.
public struct CopyfilerangeArguments: CallArguments {
  public init() {}
  public let fd_in = CallArgument("fd_in")
  public let fd_out = CallArgument("fd_out")
  public let len = CallArgument("len")
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == CopyfilerangeArguments {
  public static var copy_file_range: Self { Self("copy_file_range") }
}

/// What a condition on `dup` may compare.
public struct DupArguments: CallArguments {
  public init() {}
  public let oldfd = CallArgument("oldfd")
}

extension SystemCall where Arguments == DupArguments {
  public static var dup: Self { Self("dup") }
}

/// What a condition on `dup2` may compare.
public struct Dup2Arguments: CallArguments {
  public init() {}
  public let oldfd = CallArgument("oldfd")
  public let newfd = CallArgument("newfd")
}

extension SystemCall where Arguments == Dup2Arguments {
  public static var dup2: Self { Self("dup2") }
}

/// What a condition on `dup3` may compare.
public struct Dup3Arguments: CallArguments {
  public init() {}
  public let oldfd = CallArgument("oldfd")
  public let newfd = CallArgument("newfd")
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == Dup3Arguments {
  public static var dup3: Self { Self("dup3") }
}

/// What a condition on `epoll_create` may compare.
public struct EpollcreateArguments: CallArguments {
  public init() {}
  public let size = CallArgument("size")
}

extension SystemCall where Arguments == EpollcreateArguments {
  public static var epoll_create: Self { Self("epoll_create") }
}

/// What a condition on `epoll_create1` may compare.
public struct Epollcreate1Arguments: CallArguments {
  public init() {}
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == Epollcreate1Arguments {
  public static var epoll_create1: Self { Self("epoll_create1") }
}

/// What a condition on `epoll_ctl` may compare.
public struct EpollctlArguments: CallArguments {
  public init() {}
  public let epfd = CallArgument("epfd")
  public let op = CallArgument("op")
  public let fd = CallArgument("fd")
}

extension SystemCall where Arguments == EpollctlArguments {
  public static var epoll_ctl: Self { Self("epoll_ctl") }
}

/// What a condition on `epoll_pwait` may compare.
public struct EpollpwaitArguments: CallArguments {
  public init() {}
  public let epfd = CallArgument("epfd")
  public let maxevents = CallArgument("maxevents")
  public let timeout = CallArgument("timeout")
  public let sigsetsize = CallArgument("sigsetsize")
}

extension SystemCall where Arguments == EpollpwaitArguments {
  public static var epoll_pwait: Self { Self("epoll_pwait") }
}

/// What a condition on `epoll_pwait2` may compare.
public struct Epollpwait2Arguments: CallArguments {
  public init() {}
  public let epfd = CallArgument("epfd")
  public let maxevents = CallArgument("maxevents")
  public let sigsetsize = CallArgument("sigsetsize")
}

extension SystemCall where Arguments == Epollpwait2Arguments {
  public static var epoll_pwait2: Self { Self("epoll_pwait2") }
}

/// What a condition on `epoll_wait` may compare.
public struct EpollwaitArguments: CallArguments {
  public init() {}
  public let epfd = CallArgument("epfd")
  public let maxevents = CallArgument("maxevents")
  public let timeout = CallArgument("timeout")
}

extension SystemCall where Arguments == EpollwaitArguments {
  public static var epoll_wait: Self { Self("epoll_wait") }
}

/// What a condition on `eventfd` may compare.
public struct EventfdArguments: CallArguments {
  public init() {}
  public let initval = CallArgument("initval")
}

extension SystemCall where Arguments == EventfdArguments {
  public static var eventfd: Self { Self("eventfd") }
}

/// What a condition on `eventfd2` may compare.
public struct Eventfd2Arguments: CallArguments {
  public init() {}
  public let initval = CallArgument("initval")
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == Eventfd2Arguments {
  public static var eventfd2: Self { Self("eventfd2") }
}

/// What a condition on `execve` may compare.
public struct ExecveArguments: CallArguments {
  public init() {}
}

extension SystemCall where Arguments == ExecveArguments {
  public static var execve: Self { Self("execve") }
}

/// What a condition on `execveat` may compare.
public struct ExecveatArguments: CallArguments {
  public init() {}
  public let dirfd = CallArgument("dirfd")
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == ExecveatArguments {
  public static var execveat: Self { Self("execveat") }
}

/// What a condition on `exit` may compare.
public struct ExitArguments: CallArguments {
  public init() {}
  public let status = CallArgument("status")
}

extension SystemCall where Arguments == ExitArguments {
  public static var exit: Self { Self("exit") }
}

/// What a condition on `exit_group` may compare.
public struct ExitgroupArguments: CallArguments {
  public init() {}
  public let status = CallArgument("status")
}

extension SystemCall where Arguments == ExitgroupArguments {
  public static var exit_group: Self { Self("exit_group") }
}

/// What a condition on `faccessat` may compare.
public struct FaccessatArguments: CallArguments {
  public init() {}
  public let dirfd = CallArgument("dirfd")
  public let mode = CallArgument("mode")
}

extension SystemCall where Arguments == FaccessatArguments {
  public static var faccessat: Self { Self("faccessat") }
}

/// What a condition on `faccessat2` may compare.
public struct Faccessat2Arguments: CallArguments {
  public init() {}
  public let dirfd = CallArgument("dirfd")
  public let mode = CallArgument("mode")
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == Faccessat2Arguments {
  public static var faccessat2: Self { Self("faccessat2") }
}

/// What a condition on `fadvise64` may compare.
public struct Fadvise64Arguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let offset = CallArgument("offset")
  public let len = CallArgument("len")
  public let advice = CallArgument("advice")
}

extension SystemCall where Arguments == Fadvise64Arguments {
  public static var fadvise64: Self { Self("fadvise64") }
}

/// What a condition on `fallocate` may compare.
public struct FallocateArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let mode = CallArgument("mode")
  public let offset = CallArgument("offset")
  public let len = CallArgument("len")
}

extension SystemCall where Arguments == FallocateArguments {
  public static var fallocate: Self { Self("fallocate") }
}

/// What a condition on `fchmod` may compare.
public struct FchmodArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let mode = CallArgument("mode")
}

extension SystemCall where Arguments == FchmodArguments {
  public static var fchmod: Self { Self("fchmod") }
}

/// What a condition on `fchmodat` may compare.
public struct FchmodatArguments: CallArguments {
  public init() {}
  public let dirfd = CallArgument("dirfd")
  public let mode = CallArgument("mode")
}

extension SystemCall where Arguments == FchmodatArguments {
  public static var fchmodat: Self { Self("fchmodat") }
}

/// What a condition on `fchown` may compare.
public struct FchownArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let owner = CallArgument("owner")
  public let group = CallArgument("group")
}

extension SystemCall where Arguments == FchownArguments {
  public static var fchown: Self { Self("fchown") }
}

/// What a condition on `fcntl` may compare.
public struct FcntlArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let cmd = CallArgument("cmd")
  public let arg = CallArgument("arg")
}

extension SystemCall where Arguments == FcntlArguments {
  public static var fcntl: Self { Self("fcntl") }
}

/// What a condition on `fdatasync` may compare.
public struct FdatasyncArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
}

extension SystemCall where Arguments == FdatasyncArguments {
  public static var fdatasync: Self { Self("fdatasync") }
}

/// What a condition on `flock` may compare.
public struct FlockArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let operation = CallArgument("operation")
}

extension SystemCall where Arguments == FlockArguments {
  public static var flock: Self { Self("flock") }
}

/// What a condition on `fork` may compare.
public struct ForkArguments: CallArguments {
  public init() {}
}

extension SystemCall where Arguments == ForkArguments {
  public static var fork: Self { Self("fork") }
}

/// What a condition on `fstat` may compare.
public struct FstatArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
}

extension SystemCall where Arguments == FstatArguments {
  public static var fstat: Self { Self("fstat") }
}

/// What a condition on `fsync` may compare.
public struct FsyncArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
}

extension SystemCall where Arguments == FsyncArguments {
  public static var fsync: Self { Self("fsync") }
}

/// What a condition on `ftruncate` may compare.
public struct FtruncateArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let length = CallArgument("length")
}

extension SystemCall where Arguments == FtruncateArguments {
  public static var ftruncate: Self { Self("ftruncate") }
}

/// What a condition on `futex` may compare.
public struct FutexArguments: CallArguments {
  public init() {}
  public let futex_op = CallArgument("futex_op")
  public let val = CallArgument("val")
  public let val3 = CallArgument("val3")
}

extension SystemCall where Arguments == FutexArguments {
  public static var futex: Self { Self("futex") }
}

/// What a condition on `getcpu` may compare.
public struct GetcpuArguments: CallArguments {
  public init() {}
}

extension SystemCall where Arguments == GetcpuArguments {
  public static var getcpu: Self { Self("getcpu") }
}

/// What a condition on `getcwd` may compare.
public struct GetcwdArguments: CallArguments {
  public init() {}
  public let size = CallArgument("size")
}

extension SystemCall where Arguments == GetcwdArguments {
  public static var getcwd: Self { Self("getcwd") }
}

/// What a condition on `getdents64` may compare.
public struct Getdents64Arguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let count = CallArgument("count")
}

extension SystemCall where Arguments == Getdents64Arguments {
  public static var getdents64: Self { Self("getdents64") }
}

/// What a condition on `getegid` may compare.
public struct GetegidArguments: CallArguments {
  public init() {}
}

extension SystemCall where Arguments == GetegidArguments {
  public static var getegid: Self { Self("getegid") }
}

/// What a condition on `geteuid` may compare.
public struct GeteuidArguments: CallArguments {
  public init() {}
}

extension SystemCall where Arguments == GeteuidArguments {
  public static var geteuid: Self { Self("geteuid") }
}

/// What a condition on `getgid` may compare.
public struct GetgidArguments: CallArguments {
  public init() {}
}

extension SystemCall where Arguments == GetgidArguments {
  public static var getgid: Self { Self("getgid") }
}

/// What a condition on `getpeername` may compare.
public struct GetpeernameArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
}

extension SystemCall where Arguments == GetpeernameArguments {
  public static var getpeername: Self { Self("getpeername") }
}

/// What a condition on `getpgid` may compare.
public struct GetpgidArguments: CallArguments {
  public init() {}
  public let pid = CallArgument("pid")
}

extension SystemCall where Arguments == GetpgidArguments {
  public static var getpgid: Self { Self("getpgid") }
}

/// What a condition on `getpid` may compare.
public struct GetpidArguments: CallArguments {
  public init() {}
}

extension SystemCall where Arguments == GetpidArguments {
  public static var getpid: Self { Self("getpid") }
}

/// What a condition on `getppid` may compare.
public struct GetppidArguments: CallArguments {
  public init() {}
}

extension SystemCall where Arguments == GetppidArguments {
  public static var getppid: Self { Self("getppid") }
}

/// What a condition on `getpriority` may compare.
public struct GetpriorityArguments: CallArguments {
  public init() {}
  public let which = CallArgument("which")
  public let who = CallArgument("who")
}

extension SystemCall where Arguments == GetpriorityArguments {
  public static var getpriority: Self { Self("getpriority") }
}

/// What a condition on `getrandom` may compare.
public struct GetrandomArguments: CallArguments {
  public init() {}
  public let buflen = CallArgument("buflen")
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == GetrandomArguments {
  public static var getrandom: Self { Self("getrandom") }
}

/// What a condition on `getrlimit` may compare.
public struct GetrlimitArguments: CallArguments {
  public init() {}
  public let resource = CallArgument("resource")
}

extension SystemCall where Arguments == GetrlimitArguments {
  public static var getrlimit: Self { Self("getrlimit") }
}

/// What a condition on `getrusage` may compare.
public struct GetrusageArguments: CallArguments {
  public init() {}
  public let who = CallArgument("who")
}

extension SystemCall where Arguments == GetrusageArguments {
  public static var getrusage: Self { Self("getrusage") }
}

/// What a condition on `getsid` may compare.
public struct GetsidArguments: CallArguments {
  public init() {}
  public let pid = CallArgument("pid")
}

extension SystemCall where Arguments == GetsidArguments {
  public static var getsid: Self { Self("getsid") }
}

/// What a condition on `getsockname` may compare.
public struct GetsocknameArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
}

extension SystemCall where Arguments == GetsocknameArguments {
  public static var getsockname: Self { Self("getsockname") }
}

/// What a condition on `getsockopt` may compare.
public struct GetsockoptArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let level = CallArgument("level")
  public let optname = CallArgument("optname")
}

extension SystemCall where Arguments == GetsockoptArguments {
  public static var getsockopt: Self { Self("getsockopt") }
}

/// What a condition on `gettid` may compare.
public struct GettidArguments: CallArguments {
  public init() {}
}

extension SystemCall where Arguments == GettidArguments {
  public static var gettid: Self { Self("gettid") }
}

/// What a condition on `gettimeofday` may compare.
public struct GettimeofdayArguments: CallArguments {
  public init() {}
}

extension SystemCall where Arguments == GettimeofdayArguments {
  public static var gettimeofday: Self { Self("gettimeofday") }
}

/// What a condition on `getuid` may compare.
public struct GetuidArguments: CallArguments {
  public init() {}
}

extension SystemCall where Arguments == GetuidArguments {
  public static var getuid: Self { Self("getuid") }
}

/// What a condition on `inotify_add_watch` may compare.
public struct InotifyaddwatchArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let mask = CallArgument("mask")
}

extension SystemCall where Arguments == InotifyaddwatchArguments {
  public static var inotify_add_watch: Self { Self("inotify_add_watch") }
}

/// What a condition on `inotify_init1` may compare.
public struct Inotifyinit1Arguments: CallArguments {
  public init() {}
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == Inotifyinit1Arguments {
  public static var inotify_init1: Self { Self("inotify_init1") }
}

/// What a condition on `ioctl` may compare.
public struct IoctlArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let request = CallArgument("request")
  public let arg = CallArgument("arg")
}

extension SystemCall where Arguments == IoctlArguments {
  public static var ioctl: Self { Self("ioctl") }
}

/// What a condition on `keyctl` may compare.
public struct KeyctlArguments: CallArguments {
  public init() {}
  public let operation = CallArgument("operation")
  public let arg2 = CallArgument("arg2")
  public let arg3 = CallArgument("arg3")
  public let arg4 = CallArgument("arg4")
  public let arg5 = CallArgument("arg5")
}

extension SystemCall where Arguments == KeyctlArguments {
  public static var keyctl: Self { Self("keyctl") }
}

/// What a condition on `kill` may compare.
public struct KillArguments: CallArguments {
  public init() {}
  public let pid = CallArgument("pid")
  public let sig = CallArgument("sig")
}

extension SystemCall where Arguments == KillArguments {
  public static var kill: Self { Self("kill") }
}

/// What a condition on `listen` may compare.
public struct ListenArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let backlog = CallArgument("backlog")
}

extension SystemCall where Arguments == ListenArguments {
  public static var listen: Self { Self("listen") }
}

/// What a condition on `lseek` may compare.
public struct LseekArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let offset = CallArgument("offset")
  public let whence = CallArgument("whence")
}

extension SystemCall where Arguments == LseekArguments {
  public static var lseek: Self { Self("lseek") }
}

/// What a condition on `lstat` may compare.
public struct LstatArguments: CallArguments {
  public init() {}
}

extension SystemCall where Arguments == LstatArguments {
  public static var lstat: Self { Self("lstat") }
}

/// What a condition on `madvise` may compare.
public struct MadviseArguments: CallArguments {
  public init() {}
  public let length = CallArgument("length")
  public let advice = CallArgument("advice")
}

extension SystemCall where Arguments == MadviseArguments {
  public static var madvise: Self { Self("madvise") }
}

/// What a condition on `membarrier` may compare.
public struct MembarrierArguments: CallArguments {
  public init() {}
  public let cmd = CallArgument("cmd")
  public let flags = CallArgument("flags")
  public let cpu_id = CallArgument("cpu_id")
}

extension SystemCall where Arguments == MembarrierArguments {
  public static var membarrier: Self { Self("membarrier") }
}

/// What a condition on `memfd_create` may compare.
public struct MemfdcreateArguments: CallArguments {
  public init() {}
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == MemfdcreateArguments {
  public static var memfd_create: Self { Self("memfd_create") }
}

/// What a condition on `mincore` may compare.
public struct MincoreArguments: CallArguments {
  public init() {}
  public let length = CallArgument("length")
}

extension SystemCall where Arguments == MincoreArguments {
  public static var mincore: Self { Self("mincore") }
}

/// What a condition on `mkdir` may compare.
public struct MkdirArguments: CallArguments {
  public init() {}
  public let mode = CallArgument("mode")
}

extension SystemCall where Arguments == MkdirArguments {
  public static var mkdir: Self { Self("mkdir") }
}

/// What a condition on `mkdirat` may compare.
public struct MkdiratArguments: CallArguments {
  public init() {}
  public let dirfd = CallArgument("dirfd")
  public let mode = CallArgument("mode")
}

extension SystemCall where Arguments == MkdiratArguments {
  public static var mkdirat: Self { Self("mkdirat") }
}

/// What a condition on `mlock` may compare.
public struct MlockArguments: CallArguments {
  public init() {}
  public let len = CallArgument("len")
}

extension SystemCall where Arguments == MlockArguments {
  public static var mlock: Self { Self("mlock") }
}

/// What a condition on `mlock2` may compare.
public struct Mlock2Arguments: CallArguments {
  public init() {}
  public let len = CallArgument("len")
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == Mlock2Arguments {
  public static var mlock2: Self { Self("mlock2") }
}

/// What a condition on `mmap` may compare.
public struct MmapArguments: CallArguments {
  public init() {}
  public let length = CallArgument("length")
  public let prot = CallArgument("prot")
  public let flags = CallArgument("flags")
  public let fd = CallArgument("fd")
  public let offset = CallArgument("offset")
}

extension SystemCall where Arguments == MmapArguments {
  public static var mmap: Self { Self("mmap") }
}

/// What a condition on `mprotect` may compare.
public struct MprotectArguments: CallArguments {
  public init() {}
  public let len = CallArgument("len")
  public let prot = CallArgument("prot")
}

extension SystemCall where Arguments == MprotectArguments {
  public static var mprotect: Self { Self("mprotect") }
}

/// What a condition on `mremap` may compare.
public struct MremapArguments: CallArguments {
  public init() {}
  public let old_size = CallArgument("old_size")
  public let new_size = CallArgument("new_size")
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == MremapArguments {
  public static var mremap: Self { Self("mremap") }
}

/// What a condition on `msync` may compare.
public struct MsyncArguments: CallArguments {
  public init() {}
  public let length = CallArgument("length")
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == MsyncArguments {
  public static var msync: Self { Self("msync") }
}

/// What a condition on `munlock` may compare.
public struct MunlockArguments: CallArguments {
  public init() {}
  public let len = CallArgument("len")
}

extension SystemCall where Arguments == MunlockArguments {
  public static var munlock: Self { Self("munlock") }
}

/// What a condition on `munmap` may compare.
public struct MunmapArguments: CallArguments {
  public init() {}
  public let length = CallArgument("length")
}

extension SystemCall where Arguments == MunmapArguments {
  public static var munmap: Self { Self("munmap") }
}

/// What a condition on `nanosleep` may compare.
public struct NanosleepArguments: CallArguments {
  public init() {}
}

extension SystemCall where Arguments == NanosleepArguments {
  public static var nanosleep: Self { Self("nanosleep") }
}

/// What a condition on `newfstatat` may compare.
public struct NewfstatatArguments: CallArguments {
  public init() {}
  public let dirfd = CallArgument("dirfd")
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == NewfstatatArguments {
  public static var newfstatat: Self { Self("newfstatat") }
}

/// What a condition on `open` may compare.
public struct OpenArguments: CallArguments {
  public init() {}
  public let flags = CallArgument("flags")
  public let mode = CallArgument("mode")
}

extension SystemCall where Arguments == OpenArguments {
  public static var open: Self { Self("open") }
}

/// What a condition on `openat` may compare.
public struct OpenatArguments: CallArguments {
  public init() {}
  public let dirfd = CallArgument("dirfd")
  public let flags = CallArgument("flags")
  public let mode = CallArgument("mode")
}

extension SystemCall where Arguments == OpenatArguments {
  public static var openat: Self { Self("openat") }
}

/// What a condition on `openat2` may compare.
public struct Openat2Arguments: CallArguments {
  public init() {}
  public let dirfd = CallArgument("dirfd")
  public let size = CallArgument("size")
}

extension SystemCall where Arguments == Openat2Arguments {
  public static var openat2: Self { Self("openat2") }
}

/// What a condition on `perf_event_open` may compare.
public struct PerfeventopenArguments: CallArguments {
  public init() {}
  public let pid = CallArgument("pid")
  public let cpu = CallArgument("cpu")
  public let group_fd = CallArgument("group_fd")
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == PerfeventopenArguments {
  public static var perf_event_open: Self { Self("perf_event_open") }
}

/// What a condition on `personality` may compare.
public struct PersonalityArguments: CallArguments {
  public init() {}
  public let persona = CallArgument("persona")
}

extension SystemCall where Arguments == PersonalityArguments {
  public static var personality: Self { Self("personality") }
}

/// What a condition on `pidfd_getfd` may compare.
public struct PidfdgetfdArguments: CallArguments {
  public init() {}
  public let pidfd = CallArgument("pidfd")
  public let targetfd = CallArgument("targetfd")
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == PidfdgetfdArguments {
  public static var pidfd_getfd: Self { Self("pidfd_getfd") }
}

/// What a condition on `pidfd_open` may compare.
public struct PidfdopenArguments: CallArguments {
  public init() {}
  public let pid = CallArgument("pid")
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == PidfdopenArguments {
  public static var pidfd_open: Self { Self("pidfd_open") }
}

/// What a condition on `pidfd_send_signal` may compare.
public struct PidfdsendsignalArguments: CallArguments {
  public init() {}
  public let pidfd = CallArgument("pidfd")
  public let sig = CallArgument("sig")
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == PidfdsendsignalArguments {
  public static var pidfd_send_signal: Self { Self("pidfd_send_signal") }
}

/// What a condition on `pipe` may compare.
public struct PipeArguments: CallArguments {
  public init() {}
}

extension SystemCall where Arguments == PipeArguments {
  public static var pipe: Self { Self("pipe") }
}

/// What a condition on `pipe2` may compare.
public struct Pipe2Arguments: CallArguments {
  public init() {}
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == Pipe2Arguments {
  public static var pipe2: Self { Self("pipe2") }
}

/// What a condition on `pkey_alloc` may compare.
public struct PkeyallocArguments: CallArguments {
  public init() {}
  public let flags = CallArgument("flags")
  public let access_rights = CallArgument("access_rights")
}

extension SystemCall where Arguments == PkeyallocArguments {
  public static var pkey_alloc: Self { Self("pkey_alloc") }
}

/// What a condition on `pkey_mprotect` may compare.
public struct PkeymprotectArguments: CallArguments {
  public init() {}
  public let len = CallArgument("len")
  public let prot = CallArgument("prot")
  public let pkey = CallArgument("pkey")
}

extension SystemCall where Arguments == PkeymprotectArguments {
  public static var pkey_mprotect: Self { Self("pkey_mprotect") }
}

/// What a condition on `poll` may compare.
public struct PollArguments: CallArguments {
  public init() {}
  public let nfds = CallArgument("nfds")
  public let timeout = CallArgument("timeout")
}

extension SystemCall where Arguments == PollArguments {
  public static var poll: Self { Self("poll") }
}

/// What a condition on `ppoll` may compare.
public struct PpollArguments: CallArguments {
  public init() {}
  public let nfds = CallArgument("nfds")
  public let sigsetsize = CallArgument("sigsetsize")
}

extension SystemCall where Arguments == PpollArguments {
  public static var ppoll: Self { Self("ppoll") }
}

/// What a condition on `prctl` may compare.
public struct PrctlArguments: CallArguments {
  public init() {}
  public let option = CallArgument("option")
  public let arg2 = CallArgument("arg2")
  public let arg3 = CallArgument("arg3")
  public let arg4 = CallArgument("arg4")
  public let arg5 = CallArgument("arg5")
}

extension SystemCall where Arguments == PrctlArguments {
  public static var prctl: Self { Self("prctl") }
}

/// What a condition on `pread64` may compare.
public struct Pread64Arguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let count = CallArgument("count")
  public let offset = CallArgument("offset")
}

extension SystemCall where Arguments == Pread64Arguments {
  public static var pread64: Self { Self("pread64") }
}

/// What a condition on `preadv` may compare.
public struct PreadvArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let iovcnt = CallArgument("iovcnt")
}

extension SystemCall where Arguments == PreadvArguments {
  public static var preadv: Self { Self("preadv") }
}

/// What a condition on `prlimit64` may compare.
public struct Prlimit64Arguments: CallArguments {
  public init() {}
  public let pid = CallArgument("pid")
  public let resource = CallArgument("resource")
}

extension SystemCall where Arguments == Prlimit64Arguments {
  public static var prlimit64: Self { Self("prlimit64") }
}

/// What a condition on `pselect6` may compare.
public struct Pselect6Arguments: CallArguments {
  public init() {}
  public let nfds = CallArgument("nfds")
}

extension SystemCall where Arguments == Pselect6Arguments {
  public static var pselect6: Self { Self("pselect6") }
}

/// What a condition on `ptrace` may compare.
public struct PtraceArguments: CallArguments {
  public init() {}
  public let op = CallArgument("op")
  public let pid = CallArgument("pid")
  public let addr = CallArgument("addr")
  public let data = CallArgument("data")
}

extension SystemCall where Arguments == PtraceArguments {
  public static var ptrace: Self { Self("ptrace") }
}

/// What a condition on `pwrite64` may compare.
public struct Pwrite64Arguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let count = CallArgument("count")
  public let offset = CallArgument("offset")
}

extension SystemCall where Arguments == Pwrite64Arguments {
  public static var pwrite64: Self { Self("pwrite64") }
}

/// What a condition on `pwritev` may compare.
public struct PwritevArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let iovcnt = CallArgument("iovcnt")
}

extension SystemCall where Arguments == PwritevArguments {
  public static var pwritev: Self { Self("pwritev") }
}

/// What a condition on `read` may compare.
public struct ReadArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let count = CallArgument("count")
}

extension SystemCall where Arguments == ReadArguments {
  public static var read: Self { Self("read") }
}

/// What a condition on `readlink` may compare.
public struct ReadlinkArguments: CallArguments {
  public init() {}
  public let bufsiz = CallArgument("bufsiz")
}

extension SystemCall where Arguments == ReadlinkArguments {
  public static var readlink: Self { Self("readlink") }
}

/// What a condition on `readlinkat` may compare.
public struct ReadlinkatArguments: CallArguments {
  public init() {}
  public let dirfd = CallArgument("dirfd")
  public let bufsiz = CallArgument("bufsiz")
}

extension SystemCall where Arguments == ReadlinkatArguments {
  public static var readlinkat: Self { Self("readlinkat") }
}

/// What a condition on `readv` may compare.
public struct ReadvArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let iovcnt = CallArgument("iovcnt")
}

extension SystemCall where Arguments == ReadvArguments {
  public static var readv: Self { Self("readv") }
}

/// What a condition on `recvfrom` may compare.
public struct RecvfromArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let len = CallArgument("len")
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == RecvfromArguments {
  public static var recvfrom: Self { Self("recvfrom") }
}

/// What a condition on `recvmmsg` may compare.
public struct RecvmmsgArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let vlen = CallArgument("vlen")
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == RecvmmsgArguments {
  public static var recvmmsg: Self { Self("recvmmsg") }
}

/// What a condition on `recvmsg` may compare.
public struct RecvmsgArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == RecvmsgArguments {
  public static var recvmsg: Self { Self("recvmsg") }
}

/// What a condition on `rename` may compare.
public struct RenameArguments: CallArguments {
  public init() {}
}

extension SystemCall where Arguments == RenameArguments {
  public static var rename: Self { Self("rename") }
}

/// What a condition on `renameat2` may compare.
public struct Renameat2Arguments: CallArguments {
  public init() {}
  public let olddirfd = CallArgument("olddirfd")
  public let newdirfd = CallArgument("newdirfd")
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == Renameat2Arguments {
  public static var renameat2: Self { Self("renameat2") }
}

/// What a condition on `restart_syscall` may compare.
public struct RestartsyscallArguments: CallArguments {
  public init() {}
}

extension SystemCall where Arguments == RestartsyscallArguments {
  public static var restart_syscall: Self { Self("restart_syscall") }
}

/// What a condition on `rseq` may compare.
public struct RseqArguments: CallArguments {
  public init() {}
  public let rseq_len = CallArgument("rseq_len")
  public let flags = CallArgument("flags")
  public let sig = CallArgument("sig")
}

extension SystemCall where Arguments == RseqArguments {
  public static var rseq: Self { Self("rseq") }
}

/// What a condition on `rt_sigaction` may compare.
public struct RtsigactionArguments: CallArguments {
  public init() {}
  public let signum = CallArgument("signum")
  public let sigsetsize = CallArgument("sigsetsize")
}

extension SystemCall where Arguments == RtsigactionArguments {
  public static var rt_sigaction: Self { Self("rt_sigaction") }
}

/// What a condition on `rt_sigpending` may compare.
public struct RtsigpendingArguments: CallArguments {
  public init() {}
  public let sigsetsize = CallArgument("sigsetsize")
}

extension SystemCall where Arguments == RtsigpendingArguments {
  public static var rt_sigpending: Self { Self("rt_sigpending") }
}

/// What a condition on `rt_sigprocmask` may compare.
public struct RtsigprocmaskArguments: CallArguments {
  public init() {}
  public let how = CallArgument("how")
  public let sigsetsize = CallArgument("sigsetsize")
}

extension SystemCall where Arguments == RtsigprocmaskArguments {
  public static var rt_sigprocmask: Self { Self("rt_sigprocmask") }
}

/// What a condition on `rt_sigqueueinfo` may compare.
public struct RtsigqueueinfoArguments: CallArguments {
  public init() {}
  public let tgid = CallArgument("tgid")
  public let sig = CallArgument("sig")
}

extension SystemCall where Arguments == RtsigqueueinfoArguments {
  public static var rt_sigqueueinfo: Self { Self("rt_sigqueueinfo") }
}

/// What a condition on `rt_sigreturn` may compare.
public struct RtsigreturnArguments: CallArguments {
  public init() {}
}

extension SystemCall where Arguments == RtsigreturnArguments {
  public static var rt_sigreturn: Self { Self("rt_sigreturn") }
}

/// What a condition on `rt_sigsuspend` may compare.
public struct RtsigsuspendArguments: CallArguments {
  public init() {}
  public let sigsetsize = CallArgument("sigsetsize")
}

extension SystemCall where Arguments == RtsigsuspendArguments {
  public static var rt_sigsuspend: Self { Self("rt_sigsuspend") }
}

/// What a condition on `rt_sigtimedwait` may compare.
public struct RtsigtimedwaitArguments: CallArguments {
  public init() {}
  public let sigsetsize = CallArgument("sigsetsize")
}

extension SystemCall where Arguments == RtsigtimedwaitArguments {
  public static var rt_sigtimedwait: Self { Self("rt_sigtimedwait") }
}

/// What a condition on `rt_tgsigqueueinfo` may compare.
public struct RttgsigqueueinfoArguments: CallArguments {
  public init() {}
  public let tgid = CallArgument("tgid")
  public let tid = CallArgument("tid")
  public let sig = CallArgument("sig")
}

extension SystemCall where Arguments == RttgsigqueueinfoArguments {
  public static var rt_tgsigqueueinfo: Self { Self("rt_tgsigqueueinfo") }
}

/// What a condition on `sched_get_priority_max` may compare.
public struct SchedgetprioritymaxArguments: CallArguments {
  public init() {}
  public let policy = CallArgument("policy")
}

extension SystemCall where Arguments == SchedgetprioritymaxArguments {
  public static var sched_get_priority_max: Self { Self("sched_get_priority_max") }
}

/// What a condition on `sched_get_priority_min` may compare.
public struct SchedgetpriorityminArguments: CallArguments {
  public init() {}
  public let policy = CallArgument("policy")
}

extension SystemCall where Arguments == SchedgetpriorityminArguments {
  public static var sched_get_priority_min: Self { Self("sched_get_priority_min") }
}

/// What a condition on `sched_getaffinity` may compare.
public struct SchedgetaffinityArguments: CallArguments {
  public init() {}
  public let pid = CallArgument("pid")
  public let cpusetsize = CallArgument("cpusetsize")
}

extension SystemCall where Arguments == SchedgetaffinityArguments {
  public static var sched_getaffinity: Self { Self("sched_getaffinity") }
}

/// What a condition on `sched_getparam` may compare.
public struct SchedgetparamArguments: CallArguments {
  public init() {}
  public let pid = CallArgument("pid")
}

extension SystemCall where Arguments == SchedgetparamArguments {
  public static var sched_getparam: Self { Self("sched_getparam") }
}

/// What a condition on `sched_getscheduler` may compare.
public struct SchedgetschedulerArguments: CallArguments {
  public init() {}
  public let pid = CallArgument("pid")
}

extension SystemCall where Arguments == SchedgetschedulerArguments {
  public static var sched_getscheduler: Self { Self("sched_getscheduler") }
}

/// What a condition on `sched_setaffinity` may compare.
public struct SchedsetaffinityArguments: CallArguments {
  public init() {}
  public let pid = CallArgument("pid")
  public let cpusetsize = CallArgument("cpusetsize")
}

extension SystemCall where Arguments == SchedsetaffinityArguments {
  public static var sched_setaffinity: Self { Self("sched_setaffinity") }
}

/// What a condition on `sched_setscheduler` may compare.
public struct SchedsetschedulerArguments: CallArguments {
  public init() {}
  public let pid = CallArgument("pid")
  public let policy = CallArgument("policy")
}

extension SystemCall where Arguments == SchedsetschedulerArguments {
  public static var sched_setscheduler: Self { Self("sched_setscheduler") }
}

/// What a condition on `sched_yield` may compare.
public struct SchedyieldArguments: CallArguments {
  public init() {}
}

extension SystemCall where Arguments == SchedyieldArguments {
  public static var sched_yield: Self { Self("sched_yield") }
}

/// What a condition on `seccomp` may compare.
public struct SeccompArguments: CallArguments {
  public init() {}
  public let operation = CallArgument("operation")
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == SeccompArguments {
  public static var seccomp: Self { Self("seccomp") }
}

/// What a condition on `select` may compare.
public struct SelectArguments: CallArguments {
  public init() {}
  public let nfds = CallArgument("nfds")
}

extension SystemCall where Arguments == SelectArguments {
  public static var select: Self { Self("select") }
}

/// What a condition on `sendfile` may compare.
public struct SendfileArguments: CallArguments {
  public init() {}
  public let out_fd = CallArgument("out_fd")
  public let in_fd = CallArgument("in_fd")
  public let count = CallArgument("count")
}

extension SystemCall where Arguments == SendfileArguments {
  public static var sendfile: Self { Self("sendfile") }
}

/// What a condition on `sendmmsg` may compare.
public struct SendmmsgArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let vlen = CallArgument("vlen")
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == SendmmsgArguments {
  public static var sendmmsg: Self { Self("sendmmsg") }
}

/// What a condition on `sendmsg` may compare.
public struct SendmsgArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == SendmsgArguments {
  public static var sendmsg: Self { Self("sendmsg") }
}

/// What a condition on `sendto` may compare.
public struct SendtoArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let len = CallArgument("len")
  public let flags = CallArgument("flags")
  public let addrlen = CallArgument("addrlen")
}

extension SystemCall where Arguments == SendtoArguments {
  public static var sendto: Self { Self("sendto") }
}

/// What a condition on `set_robust_list` may compare.
public struct SetrobustlistArguments: CallArguments {
  public init() {}
  public let len = CallArgument("len")
}

extension SystemCall where Arguments == SetrobustlistArguments {
  public static var set_robust_list: Self { Self("set_robust_list") }
}

/// What a condition on `set_tid_address` may compare.
public struct SettidaddressArguments: CallArguments {
  public init() {}
}

extension SystemCall where Arguments == SettidaddressArguments {
  public static var set_tid_address: Self { Self("set_tid_address") }
}

/// What a condition on `setns` may compare.
public struct SetnsArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let nstype = CallArgument("nstype")
}

extension SystemCall where Arguments == SetnsArguments {
  public static var setns: Self { Self("setns") }
}

/// What a condition on `setpgid` may compare.
public struct SetpgidArguments: CallArguments {
  public init() {}
  public let pid = CallArgument("pid")
  public let pgid = CallArgument("pgid")
}

extension SystemCall where Arguments == SetpgidArguments {
  public static var setpgid: Self { Self("setpgid") }
}

/// What a condition on `setpriority` may compare.
public struct SetpriorityArguments: CallArguments {
  public init() {}
  public let which = CallArgument("which")
  public let who = CallArgument("who")
  public let prio = CallArgument("prio")
}

extension SystemCall where Arguments == SetpriorityArguments {
  public static var setpriority: Self { Self("setpriority") }
}

/// What a condition on `setrlimit` may compare.
public struct SetrlimitArguments: CallArguments {
  public init() {}
  public let resource = CallArgument("resource")
}

extension SystemCall where Arguments == SetrlimitArguments {
  public static var setrlimit: Self { Self("setrlimit") }
}

/// What a condition on `setsid` may compare.
public struct SetsidArguments: CallArguments {
  public init() {}
}

extension SystemCall where Arguments == SetsidArguments {
  public static var setsid: Self { Self("setsid") }
}

/// What a condition on `setsockopt` may compare.
public struct SetsockoptArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let level = CallArgument("level")
  public let optname = CallArgument("optname")
  public let optlen = CallArgument("optlen")
}

extension SystemCall where Arguments == SetsockoptArguments {
  public static var setsockopt: Self { Self("setsockopt") }
}

/// What a condition on `shmget` may compare.
public struct ShmgetArguments: CallArguments {
  public init() {}
  public let key = CallArgument("key")
  public let size = CallArgument("size")
  public let shmflg = CallArgument("shmflg")
}

extension SystemCall where Arguments == ShmgetArguments {
  public static var shmget: Self { Self("shmget") }
}

/// What a condition on `shutdown` may compare.
public struct ShutdownArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let how = CallArgument("how")
}

extension SystemCall where Arguments == ShutdownArguments {
  public static var shutdown: Self { Self("shutdown") }
}

/// What a condition on `sigaltstack` may compare.
public struct SigaltstackArguments: CallArguments {
  public init() {}
}

extension SystemCall where Arguments == SigaltstackArguments {
  public static var sigaltstack: Self { Self("sigaltstack") }
}

/// What a condition on `socket` may compare.
public struct SocketArguments: CallArguments {
  public init() {}
  public let domain = CallArgument("domain")
  public let type = CallArgument("type")
  public let `protocol` = CallArgument("protocol")
}

extension SystemCall where Arguments == SocketArguments {
  public static var socket: Self { Self("socket") }
}

/// What a condition on `socketpair` may compare.
public struct SocketpairArguments: CallArguments {
  public init() {}
  public let domain = CallArgument("domain")
  public let type = CallArgument("type")
  public let `protocol` = CallArgument("protocol")
}

extension SystemCall where Arguments == SocketpairArguments {
  public static var socketpair: Self { Self("socketpair") }
}

/// What a condition on `splice` may compare.
public struct SpliceArguments: CallArguments {
  public init() {}
  public let fd_in = CallArgument("fd_in")
  public let fd_out = CallArgument("fd_out")
  public let len = CallArgument("len")
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == SpliceArguments {
  public static var splice: Self { Self("splice") }
}

/// What a condition on `stat` may compare.
public struct StatArguments: CallArguments {
  public init() {}
}

extension SystemCall where Arguments == StatArguments {
  public static var stat: Self { Self("stat") }
}

/// What a condition on `statfs` may compare.
public struct StatfsArguments: CallArguments {
  public init() {}
}

extension SystemCall where Arguments == StatfsArguments {
  public static var statfs: Self { Self("statfs") }
}

/// What a condition on `fstatfs` may compare.
public struct FstatfsArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
}

extension SystemCall where Arguments == FstatfsArguments {
  public static var fstatfs: Self { Self("fstatfs") }
}

/// What a condition on `statx` may compare.
public struct StatxArguments: CallArguments {
  public init() {}
  public let dirfd = CallArgument("dirfd")
  public let flags = CallArgument("flags")
  public let mask = CallArgument("mask")
}

extension SystemCall where Arguments == StatxArguments {
  public static var statx: Self { Self("statx") }
}

/// What a condition on `sysinfo` may compare.
public struct SysinfoArguments: CallArguments {
  public init() {}
}

extension SystemCall where Arguments == SysinfoArguments {
  public static var sysinfo: Self { Self("sysinfo") }
}

/// What a condition on `tee` may compare.
public struct TeeArguments: CallArguments {
  public init() {}
  public let fd_in = CallArgument("fd_in")
  public let fd_out = CallArgument("fd_out")
  public let len = CallArgument("len")
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == TeeArguments {
  public static var tee: Self { Self("tee") }
}

/// What a condition on `tgkill` may compare.
public struct TgkillArguments: CallArguments {
  public init() {}
  public let tgid = CallArgument("tgid")
  public let tid = CallArgument("tid")
  public let sig = CallArgument("sig")
}

extension SystemCall where Arguments == TgkillArguments {
  public static var tgkill: Self { Self("tgkill") }
}

/// What a condition on `time` may compare.
public struct TimeArguments: CallArguments {
  public init() {}
}

extension SystemCall where Arguments == TimeArguments {
  public static var time: Self { Self("time") }
}

/// What a condition on `timer_create` may compare.
public struct TimercreateArguments: CallArguments {
  public init() {}
  public let clockid = CallArgument("clockid")
}

extension SystemCall where Arguments == TimercreateArguments {
  public static var timer_create: Self { Self("timer_create") }
}

/// What a condition on `timerfd_create` may compare.
public struct TimerfdcreateArguments: CallArguments {
  public init() {}
  public let clockid = CallArgument("clockid")
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == TimerfdcreateArguments {
  public static var timerfd_create: Self { Self("timerfd_create") }
}

/// What a condition on `timerfd_gettime` may compare.
public struct TimerfdgettimeArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
}

extension SystemCall where Arguments == TimerfdgettimeArguments {
  public static var timerfd_gettime: Self { Self("timerfd_gettime") }
}

/// What a condition on `timerfd_settime` may compare.
public struct TimerfdsettimeArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == TimerfdsettimeArguments {
  public static var timerfd_settime: Self { Self("timerfd_settime") }
}

/// What a condition on `tkill` may compare.
public struct TkillArguments: CallArguments {
  public init() {}
  public let tid = CallArgument("tid")
  public let sig = CallArgument("sig")
}

extension SystemCall where Arguments == TkillArguments {
  public static var tkill: Self { Self("tkill") }
}

/// What a condition on `umask` may compare.
public struct UmaskArguments: CallArguments {
  public init() {}
  public let mask = CallArgument("mask")
}

extension SystemCall where Arguments == UmaskArguments {
  public static var umask: Self { Self("umask") }
}

/// What a condition on `uname` may compare.
public struct UnameArguments: CallArguments {
  public init() {}
}

extension SystemCall where Arguments == UnameArguments {
  public static var uname: Self { Self("uname") }
}

/// What a condition on `unlink` may compare.
public struct UnlinkArguments: CallArguments {
  public init() {}
}

extension SystemCall where Arguments == UnlinkArguments {
  public static var unlink: Self { Self("unlink") }
}

/// What a condition on `unlinkat` may compare.
public struct UnlinkatArguments: CallArguments {
  public init() {}
  public let dirfd = CallArgument("dirfd")
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == UnlinkatArguments {
  public static var unlinkat: Self { Self("unlinkat") }
}

/// What a condition on `unshare` may compare.
public struct UnshareArguments: CallArguments {
  public init() {}
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == UnshareArguments {
  public static var unshare: Self { Self("unshare") }
}

/// What a condition on `vfork` may compare.
public struct VforkArguments: CallArguments {
  public init() {}
}

extension SystemCall where Arguments == VforkArguments {
  public static var vfork: Self { Self("vfork") }
}

/// What a condition on `vmsplice` may compare.
public struct VmspliceArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let nr_segs = CallArgument("nr_segs")
  public let flags = CallArgument("flags")
}

extension SystemCall where Arguments == VmspliceArguments {
  public static var vmsplice: Self { Self("vmsplice") }
}

/// What a condition on `wait4` may compare.
public struct Wait4Arguments: CallArguments {
  public init() {}
  public let pid = CallArgument("pid")
  public let options = CallArgument("options")
}

extension SystemCall where Arguments == Wait4Arguments {
  public static var wait4: Self { Self("wait4") }
}

/// What a condition on `waitid` may compare.
public struct WaitidArguments: CallArguments {
  public init() {}
  public let idtype = CallArgument("idtype")
  public let id = CallArgument("id")
  public let options = CallArgument("options")
}

extension SystemCall where Arguments == WaitidArguments {
  public static var waitid: Self { Self("waitid") }
}

/// What a condition on `write` may compare.
public struct WriteArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let count = CallArgument("count")
}

extension SystemCall where Arguments == WriteArguments {
  public static var write: Self { Self("write") }
}

/// What a condition on `writev` may compare.
public struct WritevArguments: CallArguments {
  public init() {}
  public let fd = CallArgument("fd")
  public let iovcnt = CallArgument("iovcnt")
}

extension SystemCall where Arguments == WritevArguments {
  public static var writev: Self { Self("writev") }
}
