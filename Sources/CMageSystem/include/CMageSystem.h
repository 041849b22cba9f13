// Everything in this package that is written in C: what runs between clone and exec, control messages, and calls that the
// libc lacks. Every function returns a negated errno value on failure instead of touching the caller's `errno`, so that
// Swift never has to read a thread-local after the fact.
#ifndef CMAGESYSTEM_H
#define CMAGESYSTEM_H

// No feature macro here: this header is also read into a Clang module, whose view of the libc must be Swift's own.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

// MARK: - Control messages and missing calls

/// The most descriptors that the kernel passes with one message (SCM_MAX_FD, unix(7)).
#define MAGE_MAX_PACKET_DESCRIPTORS 253

/// What `mage_receive_packet` noticed beside the bytes.
enum mage_packet_flags {
  /// The packet was longer than the buffer; its tail is lost (MSG_TRUNC).
  MAGE_PACKET_BYTES_TRUNCATED = 1,
  /// The kernel could not install every descriptor, for example because this process has none left (MSG_CTRUNC).
  MAGE_PACKET_DESCRIPTORS_TRUNCATED = 2,
  /// A control message of another kind than SCM_RIGHTS came along; it was dropped and its descriptors, if any, closed.
  MAGE_PACKET_UNEXPECTED_CONTROL = 4,
};

struct mage_received_packet {
  int64_t count;  // bytes stored; 0 is end of file on a SOCK_SEQPACKET socket, or an empty packet
  uint32_t descriptor_count;
  uint32_t flags;  // enum mage_packet_flags
};

/// Sends `count` bytes and `descriptor_count` descriptors as one packet: sendmsg(2) with SCM_RIGHTS, MSG_NOSIGNAL and MSG_DONTWAIT.
/// Returns the bytes sent, or -errno: -EAGAIN (queue full), -EPIPE (peer gone), -EMSGSIZE, -E2BIG (more than
/// MAGE_MAX_PACKET_DESCRIPTORS), -ETOOMANYREFS. Async-signal-safe.
int64_t mage_send_packet(int socket, const void *bytes, size_t count, const int *descriptors, size_t descriptor_count);

/// The same for a process that may have few descriptors: waits, up to five seconds, while its user has too many of them on their way
/// (ETOOMANYREFS, unix(7)). Async-signal-safe.
int64_t mage_send_packet_patiently(
    int socket, const void *bytes, size_t count, const int *descriptors, size_t descriptor_count);

/// Receives one packet without waiting: recvmsg(2) with MSG_CMSG_CLOEXEC and MSG_DONTWAIT. Stores at most `capacity` bytes and at most
/// MAGE_MAX_PACKET_DESCRIPTORS descriptors, which `descriptors` must have room for; a peer cannot send more in one packet.
/// Returns 0 and fills `result`, or -errno: -EAGAIN (nothing there), -ECONNRESET. Async-signal-safe.
int mage_receive_packet(int socket, void *buffer, size_t capacity, int *descriptors, struct mage_received_packet *result);

/// memfd_create(2) with MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL where the kernel has it. Returns a descriptor or -errno.
int mage_memfd_create(const char *name);

/// Adds seals (F_ADD_SEALS, fcntl(2)). Returns 0 or -errno: -EBUSY (a writable mapping exists), -EPERM (sealed already).
int mage_add_seals(int descriptor, unsigned seals);

/// Reads the seals of a memfd (F_GET_SEALS). Returns them, or -EINVAL when the descriptor is no memfd.
int mage_get_seals(int descriptor);

/// pidfd_send_signal(2). Returns 0 or -errno: -ESRCH when the process was reaped. Async-signal-safe.
int mage_pidfd_send_signal(int pidfd, int signal);

/// How a child ended: waitid(2) on a pidfd, with what it used.
struct mage_exit_status {
  int32_t code;    // CLD_EXITED, CLD_KILLED or CLD_DUMPED; 0 when it has not ended yet
  int32_t status;  // exit status or signal
  uint64_t user_nanoseconds;
  uint64_t system_nanoseconds;
  uint64_t peak_resident_bytes;
};

/// Reaps the child behind `pidfd` without waiting (WEXITED | WNOHANG). `code` is 0 when it still runs.
/// Returns 0 or -errno: -ECHILD when it is not a child of this process or was reaped. Async-signal-safe.
int mage_reap(int pidfd, struct mage_exit_status *result);

/// Installs a filter of `count` instructions (struct sock_filter) on the calling thread: seccomp(SECCOMP_SET_MODE_FILTER), with
/// SECCOMP_FILTER_FLAG_NEW_LISTENER when `wants_listener`. Returns the listener (close-on-exec) or 0, or -errno: -EBUSY (the chain has a live listener),
/// -EACCES (no_new_privs is not set), -EINVAL. Async-signal-safe.
int mage_seccomp_install(const void *instructions, uint16_t count, bool wants_listener);

/// A call that stopped in a filter (struct seccomp_notif), seccomp_unotify(2).
struct mage_notification {
  uint64_t id;
  uint32_t pid;
  int32_t number;
  uint32_t architecture;  // AUDIT_ARCH_*
  uint64_t instruction_pointer;
  uint64_t arguments[6];
};

/// Takes the next notification (SECCOMP_IOCTL_NOTIF_RECV). The descriptor must have polled readable, else it waits.
/// Returns 0 or -errno: -ENOENT when the caller died meanwhile, -EINTR.
int mage_notification_receive(int listener, struct mage_notification *result);

/// Answers a notification with an error (`error` positive) or a value (SECCOMP_IOCTL_NOTIF_SEND). Returns 0 or -errno: -ENOENT when the caller is gone.
int mage_notification_answer(int listener, uint64_t id, int32_t error, int64_t value);

/// Whether the notification's caller still waits (SECCOMP_IOCTL_NOTIF_ID_VALID). Returns 0 or -ENOENT.
int mage_notification_valid(int listener, uint64_t id);

/// Lets the kernel make a stopped call as if no filter had stopped it (SECCOMP_USER_NOTIF_FLAG_CONTINUE). Only for calls that were judged by
/// their registers alone: what a pointer leads to may have changed since. Returns 0 or -errno: -ENOENT when the caller is gone.
int mage_notification_continue(int listener, uint64_t id);

/// Puts a duplicate of `descriptor` into the caller's table and answers with its number there (SECCOMP_IOCTL_NOTIF_ADDFD with
/// SECCOMP_ADDFD_FLAG_SEND). Returns that number or -errno: -ENOENT, -EMFILE (the caller's limit).
int mage_notification_give(int listener, uint64_t id, int descriptor, bool close_on_exec);

/// Puts a duplicate of `descriptor` in the place of the caller's descriptor `number` (SECCOMP_ADDFD_FLAG_SETFD); the caller still waits.
/// Returns `number` or -errno: -ENOENT.
int mage_notification_replace(int listener, uint64_t id, int descriptor, int number, bool close_on_exec);

/// Copies memory of another process (process_vm_readv(2)). Returns the bytes copied, which may be fewer, or -errno: -EFAULT, -ESRCH, -EPERM.
int64_t mage_read_memory(int32_t pid, uint64_t address, void *buffer, size_t count);

/// openat2(2) beneath `directory`, with O_CLOEXEC added: no `..` out of it, no links, no other mounts. A descriptor or -errno: -EXDEV, -ELOOP.
int mage_open_beneath(int directory, const char *path, uint64_t flags, bool cached_only);

// The kind of file system on which a file lies (fstatfs(2), f_type), or negated errno.
int64_t mage_file_system_kind(int descriptor);

/// The CPU time that process `pid` has used, all threads, in nanoseconds (clock_getcpuclockid(3)), or -errno: -ESRCH.
int64_t mage_process_cpu_nanoseconds(int32_t pid);

/// Sets the calling thread's name as tools show it (at most 15 bytes; prctl(2) PR_SET_NAME). Async-signal-safe.
void mage_name_thread(const char *name);

/// Starts a detached thread that calls `body(argument)` (pthread_create(3), which crashes the compiler's region analysis
/// when called from Swift 6.3). Returns 0 or -errno: -EAGAIN. Not async-signal-safe.
int mage_start_thread(void (*body)(void *), void *argument);

/// The process's arguments as the kernel gave them to the C start-up code, which a process without /proc cannot ask for later.
/// Stores their number. Valid for the process's life; async-signal-safe.
char **mage_process_arguments(int32_t *count);

/// The symbolic name of an errno value ("EPERM"), or NULL. Not async-signal-safe.
const char *mage_errno_name(int error);

/// close(2) without touching errno. Async-signal-safe.
void mage_close(int descriptor);

/// Swift cannot import fcntl(2), prctl(2) or ioctl(2) with their variadic argument in every form; these are the few that are used.
/// fcntl(F_DUPFD_CLOEXEC): a duplicate numbered `minimum` or above, or -errno. Async-signal-safe.
int mage_duplicate(int descriptor, int minimum);
/// pipe2(2) with O_CLOEXEC, and O_NONBLOCK when `nonblocking`: the end to read from, then the one to write to. 0 or -errno. Async-signal-safe.
int mage_pipe(int *ends, bool nonblocking);
/// timerfd_create(2) of CLOCK_MONOTONIC, close-on-exec and not waiting. A descriptor or -errno. Swift cannot include its header: it would
/// claim the libc's `timespec`.
int mage_alarm_create(void);
/// timerfd_settime(2) with TFD_TIMER_ABSTIME; 0 turns the alarm off. 0 or -errno. Async-signal-safe.
int mage_alarm_set(int alarm, uint64_t nanoseconds);
/// The number of the processor that runs the caller (sched_getcpu(3)). Async-signal-safe.
int mage_current_processor(void);
/// On how many processors the calling thread may run (sched_getaffinity(2)), or -errno.
int mage_available_processors(void);
/// The instruction for loops that wait for memory to change, which Swift has no public word for. Async-signal-safe.
static inline void mage_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}
/// fcntl(F_GETFL): the access mode and status flags, or -errno. Async-signal-safe.
int mage_status_flags(int descriptor);
/// fcntl(F_SETFL, flags | O_NONBLOCK). 0 or -errno. Async-signal-safe.
int mage_set_nonblocking(int descriptor);
/// open(2) relative to `directory` with O_CLOEXEC added. A descriptor or -errno. Async-signal-safe.
int mage_open(int directory, const char *path, int flags, unsigned mode);

/// What kind of object a descriptor names, as far as a host needs to tell.
struct mage_descriptor_facts {
  uint32_t mode;  // st_mode
  uint32_t owner;  // st_uid
  int32_t status_flags;  // F_GETFL
  int32_t seals;  // F_GET_SEALS, or -1
  int64_t size;
  uint64_t device;
  uint64_t inode;
};
/// fstat(2), F_GETFL and F_GET_SEALS in one. 0 or -errno (-EBADF). Async-signal-safe.
int mage_describe_descriptor(int descriptor, struct mage_descriptor_facts *result);

// MARK: - Launch

// A launch is a list of steps that Swift prepared and C carries out between clone and exec. The list travels in one packet
// to the launcher: a `mage_launch_request`, then `mage_launch_step`s back to back. Descriptors travel with the packet;
// steps name them by position. The first is always the socket for reports.

/// The largest request, in bytes, the filter included.
#define MAGE_MAX_LAUNCH_BYTES (160 * 1024)
/// The most mounts that one launch may open before it attaches them.
#define MAGE_MAX_LAUNCH_TREES 96
/// The name of no descriptor.
#define MAGE_NO_DESCRIPTOR UINT64_MAX

struct mage_launch_request {
  uint64_t clone_flags;  // CLONE_NEW* bits for clone3(2)
  uint32_t inside_uid, outside_uid;  // one id each, mapped by user_namespaces(7)
  uint32_t inside_gid, outside_gid;
  uint32_t denies_setgroups;  // an ordinary user must give setgroups(2) up before it may map a group
  uint32_t step_count;
  /// A template's fork that waits for its ids: nothing is cloned, its ids are mapped and a byte is written to descriptor 1. Else 0.
  int32_t forked_pid;
  uint32_t reserved;
};

/// What one step does. `a`, `b`, `c`, `text` are its parameters; `text` ends with a NUL and may be empty.
enum mage_launch_op {
  MAGE_STEP_PRIVATE_MOUNTS = 1,  // mount(2) MS_REC | MS_PRIVATE on /
  MAGE_STEP_OPEN_TREE,  // open_tree(2) of text into slot b; it must be the file behind descriptor a
  MAGE_STEP_BECOME,  // setresgid(2) to b and setresuid(2) to a, capabilities kept
  MAGE_STEP_ROOT,  // a tmpfs of a bytes and b inodes on the directory text, which becomes the working directory
  MAGE_STEP_DIRECTORY,  // mkdir(2) text with mode a
  MAGE_STEP_FILE,  // an empty file text, to attach a tree to
  MAGE_STEP_LINK,  // symlink(2): text is the link's path, then what it leads to, each NUL-terminated
  MAGE_STEP_ATTACH,  // move_mount(2) of slot a to text after mount_setattr(2) with attributes b
  MAGE_STEP_TMPFS,  // a tmpfs of a bytes on text with mount flags b (MS_*), owned by the worker
  MAGE_STEP_PROC,  // procfs on text: processes of this pid namespace that the caller may trace, read-only, and nothing of the machine
  MAGE_STEP_PIVOT,  // pivot_root(2) to the working directory; the old root is detached
  MAGE_STEP_SEAL_ROOT,  // mount_setattr(2) on /: attributes a
  MAGE_STEP_HOSTNAME,  // sethostname(2)
  MAGE_STEP_PARENT_DEATH,  // prctl(2) PR_SET_PDEATHSIG SIGKILL, then a look whether the host still lives
  MAGE_STEP_DESCRIPTORS,  // data: pairs of u32 (position, number); everything else is closed
  MAGE_STEP_LIMIT,  // setrlimit(2): resource a, soft b, hard c
  MAGE_STEP_SESSION,  // setsid(2), default signals, nothing blocked, umask 077
  MAGE_STEP_CAPABILITIES,  // securebits locked; bounding, ambient and all other sets emptied; a 1: without the first two, which take a capability
  MAGE_STEP_NO_NEW_PRIVILEGES,  // prctl(2) PR_SET_NO_NEW_PRIVS
  MAGE_STEP_LANDLOCK,  // landlock_create_ruleset(2) that handles a (files), b (net), c (scopes)
  MAGE_STEP_LANDLOCK_ALLOW,  // landlock_add_rule(2): accesses a beneath text, or on descriptor b when text is empty
  MAGE_STEP_LANDLOCK_ENFORCE,  // landlock_restrict_self(2)
  MAGE_STEP_FILTER,  // data: a filter; its listener goes to the host
  MAGE_STEP_REPORT_AT,  // the report moves to descriptor a, which must be free and above the limit that a later step sets
  MAGE_STEP_INIT,  // fork(2): the parent waits as process 1 of the pid namespace and reports the child's end, the child goes on
  MAGE_STEP_EXECUTE,  // execveat(2) of descriptor a; data: b arguments, then c variables, each NUL-terminated
  MAGE_STEP_SEAL,  // data: a filter of b bytes, then the packet that goes with its listener to the worker's channel, descriptor a
  MAGE_STEP_RESUME,  // the end of the list in a template's fork: mage_run_launch_steps returns
};

struct mage_launch_step {
  uint32_t op;
  uint32_t size;  // of this record with its data, a multiple of 8
  uint32_t data_size;  // bytes of data (or text) after this header
  uint32_t reserved;
  uint64_t a, b, c;
};

enum mage_launch_report_kind {
  MAGE_REPORT_READY = 1,  // from the launcher, once, on its own socket; error 0 or why it cannot work
  MAGE_REPORT_LAUNCHED,  // the process exists: pid, with its pidfd
  MAGE_REPORT_LISTENER,  // the start-up filter is in force, with its listener
  MAGE_REPORT_FAILED,  // a step failed; the process is gone or never was
  MAGE_REPORT_ENDED,  // from process 1 after MAGE_STEP_INIT: its child ended; step is CLD_*, error the status or signal
};

/// Steps that are not in the list, in `mage_launch_report.step`.
#define MAGE_STEP_INDEX_REQUEST 0xFFFFFFFFu
#define MAGE_STEP_INDEX_CLONE 0xFFFFFFFEu
#define MAGE_STEP_INDEX_IDENTITY 0xFFFFFFFDu
#define MAGE_STEP_INDEX_RELEASE 0xFFFFFFFCu
#define MAGE_STEP_INDEX_THREADS 0xFFFFFFFBu

/// One report. The socket's end after MAGE_REPORT_LISTENER and no failure says that exec worked: it is close-on-exec.
struct mage_launch_report {
  uint32_t kind;  // enum mage_launch_report_kind
  int32_t pid;
  uint32_t step;  // position in the list, or MAGE_STEP_INDEX_*
  int32_t error;  // errno
  char call[32];  // the call that failed, NUL-terminated
};

/// Carries out the steps in the calling process, which clone(2) has just made; ends in exec, in _exit(2) when a step fails, or returns
/// at MAGE_STEP_RESUME. `descriptors` are the packet's, the first of them the report socket. No allocation, no lock; async-signal-safe.
void mage_run_launch_steps(
    const struct mage_launch_request *request, size_t size, const int *descriptors, size_t descriptor_count);

/// A template's life: for each request from `socket`, a fork that carries out its steps. The second descriptor of a request is the pipe on which the
/// fork waits for its ids. Returns true in a fork, whose steps are done, and false in the template once the host has closed the socket.
/// Refuses while the process has more than one thread. No allocation, no lock.
bool mage_serve_template(int socket);

/// The launcher's whole life: serves requests from `socket` until it closes. Without `makes_namespaces` it asks the kernel for none, and its
/// workers have none. Returns its exit status.
int mage_launcher_serve(int socket, bool makes_namespaces);

/// The guardian's whole life: once the process `owner`, its parent, has ended, removes the directories below `root` whose names start with
/// `prefix`, for as long as five seconds. Returns at once in the caller, which then exits; a child of its own does the work.
int mage_guard_groups(int32_t owner, const char *root, const char *prefix);

/// Starts the launcher `path` with `socket` as its descriptor 3, /dev/null as 0 to 2 and nothing else (posix_spawn(3)), in a session of its own.
/// Without `makes_namespaces` it is told to make none. Stores its pid and returns its pidfd, or -errno. Call it on the thread whose end shall end the
/// workers. Not async-signal-safe.
int mage_spawn_launcher(const char *path, int socket, bool makes_namespaces, int32_t *pid);

/// Starts the same program as a guardian of this process's control groups (see `mage_guard_groups`). Waits until it has made itself
/// independent; returns 0 or -errno.
int mage_spawn_guardian(const char *path, const char *root, const char *prefix);

// MARK: - Probing

/// What `mage_probe_filter` stores, negated, where the filter allows, reports or kills.
#define MAGE_PROBE_ALLOW 4001
#define MAGE_PROBE_NOTIFY 4002
#define MAGE_PROBE_KILL 4003

struct mage_probe {
  int32_t number;
  bool is_i386;  // by int $0x80
  uint64_t arguments[6];
};

/// Asks the kernel what a filter of `count` instructions decides for each call, in a child process. No call is made: the filter's results are
/// replaced by errnos. `results[i]` is -MAGE_PROBE_*, 0, or the filter's own errno negated. Returns 0 or -errno. Not async-signal-safe.
int mage_probe_filter(
    const void *instructions, uint16_t count, const struct mage_probe *probes, size_t probe_count, int32_t *results);

/// The Landlock ABI version of the kernel, or -errno: -ENOSYS, -EOPNOTSUPP (landlock(7)).
int mage_landlock_version(void);

#endif
