/// Names and widths of the arguments of system calls, as the manual's section 2 names them.
///
/// `i`: the kernel reads 32 bits of it, so a comparison must look at no more: one that looks at 64 lets a caller change
/// the outcome with bits that the kernel throws away (CVE-2019-10063). `s`: 16 bits (umode_t). `l`: 64 bits. `p`: an address, which no filter may
/// compare, since what is behind it can change after the filter has looked. Where the kernel's type is `unsigned long` and
/// all its flags lie in the low half (`prot`, `flags` of mmap, `flags` of clone), the argument is `i` as well.
enum SignatureTable {
  /// One call to a line, sorted by its bytes. A call that is missing here can be granted, but not with a condition.
  static let text = """
    accept fd:i addr:p addrlen:p
    accept4 fd:i addr:p addrlen:p flags:i
    access pathname:p mode:i
    alarm seconds:i
    arch_prctl code:i addr:p
    bind fd:i addr:p addrlen:i
    brk addr:p
    chdir path:p
    chmod pathname:p mode:s
    clock_getres clockid:i res:p
    clock_gettime clockid:i tp:p
    clock_nanosleep clockid:i flags:i request:p remain:p
    clone flags:i stack:p parent_tid:p child_tid:p tls:p
    close fd:i
    close_range first:i last:i flags:i
    connect fd:i addr:p addrlen:i
    copy_file_range fd_in:i off_in:p fd_out:i off_out:p len:l flags:i
    dup oldfd:i
    dup2 oldfd:i newfd:i
    dup3 oldfd:i newfd:i flags:i
    epoll_create size:i
    epoll_create1 flags:i
    epoll_ctl epfd:i op:i fd:i event:p
    epoll_pwait epfd:i events:p maxevents:i timeout:i sigmask:p sigsetsize:l
    epoll_pwait2 epfd:i events:p maxevents:i timeout:p sigmask:p sigsetsize:l
    epoll_wait epfd:i events:p maxevents:i timeout:i
    eventfd initval:i
    eventfd2 initval:i flags:i
    execve pathname:p argv:p envp:p
    execveat dirfd:i pathname:p argv:p envp:p flags:i
    exit status:i
    exit_group status:i
    faccessat dirfd:i pathname:p mode:i
    faccessat2 dirfd:i pathname:p mode:i flags:i
    fadvise64 fd:i offset:l len:l advice:i
    fallocate fd:i mode:i offset:l len:l
    fchmod fd:i mode:s
    fchmodat dirfd:i pathname:p mode:s
    fchown fd:i owner:i group:i
    fcntl fd:i cmd:i arg:l
    fdatasync fd:i
    flock fd:i operation:i
    fork
    fstat fd:i statbuf:p
    fstatfs fd:i buf:p
    fsync fd:i
    ftruncate fd:i length:l
    futex uaddr:p futex_op:i val:i timeout:p uaddr2:p val3:i
    getcpu cpu:p node:p tcache:p
    getcwd buf:p size:l
    getdents64 fd:i dirp:p count:i
    getegid
    geteuid
    getgid
    getpeername fd:i addr:p addrlen:p
    getpgid pid:i
    getpid
    getppid
    getpriority which:i who:i
    getrandom buf:p buflen:l flags:i
    getrlimit resource:i rlim:p
    getrusage who:i usage:p
    getsid pid:i
    getsockname fd:i addr:p addrlen:p
    getsockopt fd:i level:i optname:i optval:p optlen:p
    gettid
    gettimeofday tv:p tz:p
    getuid
    inotify_add_watch fd:i pathname:p mask:i
    inotify_init1 flags:i
    ioctl fd:i request:i arg:l
    keyctl operation:i arg2:l arg3:l arg4:l arg5:l
    kill pid:i sig:i
    listen fd:i backlog:i
    lseek fd:i offset:l whence:i
    lstat pathname:p statbuf:p
    madvise addr:p length:l advice:i
    membarrier cmd:i flags:i cpu_id:i
    memfd_create name:p flags:i
    mincore addr:p length:l vec:p
    mkdir pathname:p mode:s
    mkdirat dirfd:i pathname:p mode:s
    mlock addr:p len:l
    mlock2 addr:p len:l flags:i
    mmap addr:p length:l prot:i flags:i fd:i offset:l
    mprotect addr:p len:l prot:i
    mremap old_address:p old_size:l new_size:l flags:i new_address:p
    msync addr:p length:l flags:i
    munlock addr:p len:l
    munmap addr:p length:l
    nanosleep req:p rem:p
    newfstatat dirfd:i pathname:p statbuf:p flags:i
    open pathname:p flags:i mode:s
    openat dirfd:i pathname:p flags:i mode:s
    openat2 dirfd:i pathname:p how:p size:l
    perf_event_open attr:p pid:i cpu:i group_fd:i flags:l
    personality persona:i
    pidfd_getfd pidfd:i targetfd:i flags:i
    pidfd_open pid:i flags:i
    pidfd_send_signal pidfd:i sig:i info:p flags:i
    pipe pipefd:p
    pipe2 pipefd:p flags:i
    pkey_alloc flags:i access_rights:i
    pkey_mprotect addr:p len:l prot:i pkey:i
    poll fds:p nfds:i timeout:i
    ppoll fds:p nfds:i tmo_p:p sigmask:p sigsetsize:l
    prctl option:i arg2:l arg3:l arg4:l arg5:l
    pread64 fd:i buf:p count:l offset:l
    preadv fd:i iov:p iovcnt:l
    prlimit64 pid:i resource:i new_limit:p old_limit:p
    pselect6 nfds:i readfds:p writefds:p exceptfds:p timeout:p sigmask:p
    ptrace op:l pid:i addr:l data:l
    pwrite64 fd:i buf:p count:l offset:l
    pwritev fd:i iov:p iovcnt:l
    read fd:i buf:p count:l
    readlink pathname:p buf:p bufsiz:i
    readlinkat dirfd:i pathname:p buf:p bufsiz:i
    readv fd:i iov:p iovcnt:l
    recvfrom fd:i buf:p len:l flags:i src_addr:p addrlen:p
    recvmmsg fd:i msgvec:p vlen:i flags:i timeout:p
    recvmsg fd:i msg:p flags:i
    rename oldpath:p newpath:p
    renameat2 olddirfd:i oldpath:p newdirfd:i newpath:p flags:i
    restart_syscall
    rseq rseq:p rseq_len:i flags:i sig:i
    rt_sigaction signum:i act:p oldact:p sigsetsize:l
    rt_sigpending set:p sigsetsize:l
    rt_sigprocmask how:i set:p oldset:p sigsetsize:l
    rt_sigqueueinfo tgid:i sig:i info:p
    rt_sigreturn
    rt_sigsuspend mask:p sigsetsize:l
    rt_sigtimedwait set:p info:p timeout:p sigsetsize:l
    rt_tgsigqueueinfo tgid:i tid:i sig:i info:p
    sched_get_priority_max policy:i
    sched_get_priority_min policy:i
    sched_getaffinity pid:i cpusetsize:i mask:p
    sched_getparam pid:i param:p
    sched_getscheduler pid:i
    sched_setaffinity pid:i cpusetsize:i mask:p
    sched_setscheduler pid:i policy:i param:p
    sched_yield
    seccomp operation:i flags:i args:p
    select nfds:i readfds:p writefds:p exceptfds:p timeout:p
    sendfile out_fd:i in_fd:i offset:p count:l
    sendmmsg fd:i msgvec:p vlen:i flags:i
    sendmsg fd:i msg:p flags:i
    sendto fd:i buf:p len:l flags:i dest_addr:p addrlen:i
    set_robust_list head:p len:l
    set_tid_address tidptr:p
    setns fd:i nstype:i
    setpgid pid:i pgid:i
    setpriority which:i who:i prio:i
    setrlimit resource:i rlim:p
    setsid
    setsockopt fd:i level:i optname:i optval:p optlen:i
    shmget key:i size:l shmflg:i
    shutdown fd:i how:i
    sigaltstack ss:p old_ss:p
    socket domain:i type:i protocol:i
    socketpair domain:i type:i protocol:i sv:p
    splice fd_in:i off_in:p fd_out:i off_out:p len:l flags:i
    stat pathname:p statbuf:p
    statfs path:p buf:p
    statx dirfd:i pathname:p flags:i mask:i statxbuf:p
    sysinfo info:p
    tee fd_in:i fd_out:i len:l flags:i
    tgkill tgid:i tid:i sig:i
    time tloc:p
    timer_create clockid:i sevp:p timerid:p
    timerfd_create clockid:i flags:i
    timerfd_gettime fd:i curr_value:p
    timerfd_settime fd:i flags:i new_value:p old_value:p
    tkill tid:i sig:i
    umask mask:i
    uname buf:p
    unlink pathname:p
    unlinkat dirfd:i pathname:p flags:i
    unshare flags:i
    vfork
    vmsplice fd:i iov:p nr_segs:l flags:i
    wait4 pid:i wstatus:p options:i rusage:p
    waitid idtype:i id:i infop:p options:i rusage:p
    write fd:i buf:p count:l
    writev fd:i iov:p iovcnt:l
    """
}
