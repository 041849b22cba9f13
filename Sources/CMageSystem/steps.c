#define _GNU_SOURCE  // pivot_root's relatives, close_range, execveat
#include "CMageSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <linux/mount.h>
#include <linux/securebits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// <sys/mount.h> and <linux/mount.h> of this libc exclude each other; these are the calls and flags of the former.
int mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data);
int umount2(const char *target, int flags);
#define MOUNT_PRIVATE (1UL << 18)
#define MOUNT_RECURSIVE 16384UL
#define MOUNT_RDONLY 1UL
#define MOUNT_NOSUID 2UL
#define MOUNT_NODEV 4UL
#define MOUNT_NOEXEC 8UL
#define UNMOUNT_DETACH 2

// Runs between clone and exec in a process whose parent may have had threads: no allocation, no locks, no Swift.

struct launch_state {
  int descriptors[MAGE_MAX_PACKET_DESCRIPTORS];
  size_t descriptor_count;
  int trees[MAGE_MAX_LAUNCH_TREES];
  int report;
  int ruleset;
  uint32_t step;
};

static __attribute__((noreturn)) void fail(struct launch_state *state, const char *call, int error) {
  struct mage_launch_report report = {.kind = MAGE_REPORT_FAILED, .step = state->step, .error = error};
  strncpy(report.call, call, sizeof(report.call) - 1);
  (void)mage_send_packet(state->report, &report, sizeof(report), NULL, 0);
  _exit(127);
}

static void require(struct launch_state *state, const char *call, long result) {
  if (result < 0) fail(state, call, errno);
}

static int descriptor(struct launch_state *state, uint64_t position) {
  if (position >= state->descriptor_count) fail(state, "descriptor", EBADF);
  return state->descriptors[position];
}

static int *tree(struct launch_state *state, uint64_t slot) {
  if (slot >= MAGE_MAX_LAUNCH_TREES) fail(state, "open_tree", E2BIG);
  return &state->trees[slot];
}

// MARK: Files

// The path is looked up again here, because a descriptor of the host's mount namespace cannot be bound in this one; so
// what was found must be what the host opened.
static void open_tree_step(struct launch_state *state, const struct mage_launch_step *step, const char *path) {
  int *slot = tree(state, step->b);
  *slot = (int)syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
  require(state, "open_tree", *slot);
  struct stat found, wanted;
  require(state, "fstat", fstat(*slot, &found));
  require(state, "fstat", fstat(descriptor(state, step->a), &wanted));
  if (found.st_dev != wanted.st_dev || found.st_ino != wanted.st_ino) fail(state, "open_tree", ESTALE);
}

static void root_step(struct launch_state *state, const struct mage_launch_step *step, const char *directory) {
  char options[96];
  snprintf(
      options, sizeof(options), "mode=0755,size=%llu,nr_inodes=%llu", (unsigned long long)step->a,
      (unsigned long long)step->b);
  require(state, "mount(tmpfs)", mount("mage", directory, "tmpfs", MOUNT_NOSUID | MOUNT_NODEV, options));
  require(state, "chdir", chdir(directory));
}

static void file_step(struct launch_state *state, const char *path) {
  int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
  require(state, "open", file);
  mage_close(file);
}

// `texts` holds the link's path and, after its NUL, what it leads to.
static void link_step(struct launch_state *state, const struct mage_launch_step *step, const char *texts) {
  size_t length = strnlen(texts, step->data_size);
  if (length + 1 >= step->data_size || texts[step->data_size - 1] != 0) fail(state, "symlink", EINVAL);
  require(state, "symlink", symlink(texts + length + 1, texts));
}

static void set_attributes(struct launch_state *state, int directory, const char *path, unsigned flags, uint64_t set) {
  struct mount_attr attributes = {.attr_set = set};
  require(
      state, "mount_setattr",
      syscall(SYS_mount_setattr, directory, path, flags, &attributes, sizeof(attributes)));
}

static void attach_step(struct launch_state *state, const struct mage_launch_step *step, const char *path) {
  int *slot = tree(state, step->a);
  set_attributes(state, *slot, "", AT_EMPTY_PATH, step->b);
  require(
      state, "move_mount", syscall(SYS_move_mount, *slot, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH));
  mage_close(*slot);
}

static void tmpfs_step(struct launch_state *state, const struct mage_launch_step *step, const char *path) {
  char options[64];
  snprintf(options, sizeof(options), "mode=0700,size=%llu", (unsigned long long)step->a);
  require(state, "mount(tmpfs)", mount("mage", path, "tmpfs", step->b, options));
}

// Before the pivot: the kernel allows it only where a whole procfs is in sight already.
static void proc_step(struct launch_state *state, const char *path) {
  require(
      state, "mount(proc)",
      mount("mage", path, "proc", MOUNT_RDONLY | MOUNT_NOSUID | MOUNT_NODEV | MOUNT_NOEXEC, "subset=pid,hidepid=ptraceable"));
}

// The new root is stacked onto the old one and the old one, now on top of nothing, is taken away: no directory for it is needed (pivot_root(2)).
static void pivot_step(struct launch_state *state) {
  require(state, "pivot_root", syscall(SYS_pivot_root, ".", "."));
  require(state, "umount2", umount2(".", UNMOUNT_DETACH));
  require(state, "chdir", chdir("/"));
}

// MARK: Identity

static void become_step(struct launch_state *state, const struct mage_launch_step *step) {
  // The mounts that follow need the capabilities that setresuid(2) would otherwise drop.
  require(state, "prctl(PR_SET_SECUREBITS)", prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS | SECBIT_NO_SETUID_FIXUP));
  // The raw calls: the libc's would tell its other threads, and there are none.
  require(state, "setresgid", syscall(SYS_setresgid, step->b, step->b, step->b));
  require(state, "setresuid", syscall(SYS_setresuid, step->a, step->a, step->a));
}

static void lock_securebits(struct launch_state *state) {
  require(
      state, "prctl(PR_SET_SECUREBITS)",
      prctl(
          PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED |
                                 SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE |
                                 SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED));
}

static void empty_bounding_set(struct launch_state *state) {
  // The kernel may know more capabilities than the headers: it says where they end.
  for (int capability = 0; capability < 64; capability++) {
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0) continue;
    if (errno == EINVAL) break;
    fail(state, "prctl(PR_CAPBSET_DROP)", errno);
  }
}

// An ordinary user outside of any user namespace has no capability to lose and may not change what bounds them; no_new_privs, which
// is set, keeps an exec from giving it any (capabilities(7)).
static void capabilities_step(struct launch_state *state, const struct mage_launch_step *step) {
  bool is_privileged = step->a == 0;
  if (is_privileged) lock_securebits(state);
  require(state, "prctl(PR_CAP_AMBIENT)", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0));
  if (is_privileged) empty_bounding_set(state);
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];
  memset(none, 0, sizeof(none));
  require(state, "capset", syscall(SYS_capset, &header, none));
}

static void parent_death_step(struct launch_state *state) {
  require(state, "prctl(PR_SET_PDEATHSIG)", prctl(PR_SET_PDEATHSIG, SIGKILL));
  // The host may have died before the line above; then nobody holds the other end of the report.
  struct pollfd host = {.fd = state->report};
  if (poll(&host, 1, 0) == 1 && (host.revents & (POLLHUP | POLLERR))) _exit(127);
}

static void session_step(struct launch_state *state) {
  sigset_t none;
  sigemptyset(&none);
  require(state, "sigprocmask", sigprocmask(SIG_SETMASK, &none, NULL));
  require(state, "setsid", setsid());
  umask(077);
}

// MARK: Descriptors

struct placement {
  uint32_t position, number;
};

// Moves the descriptors of the plan to their numbers and closes everything else. The report and whatever a later step
// names stay open above them; they are close-on-exec.
static void descriptors_step(struct launch_state *state, const struct mage_launch_step *step, const unsigned char *data) {
  size_t count = step->data_size / sizeof(struct placement);
  uint32_t top = 0;
  for (size_t i = 0; i < count; i++) {
    struct placement placement;
    memcpy(&placement, data + i * sizeof(placement), sizeof(placement));
    if (placement.number > top) top = placement.number;
  }
  // First all of them out of the way, so that no move lands on a descriptor that is still to be moved.
  int base = (int)top + 1 + (int)state->descriptor_count;
  for (size_t i = 0; i < state->descriptor_count; i++) {
    int moved = fcntl(state->descriptors[i], F_DUPFD_CLOEXEC, base);
    require(state, "fcntl(F_DUPFD_CLOEXEC)", moved);
    state->descriptors[i] = moved;
  }
  state->report = state->descriptors[0];
  require(state, "close_range", syscall(SYS_close_range, 0U, (unsigned)base - 1, 0U));
  // Then down again, densely, just above the numbers of the plan: the limit on open files may be low.
  for (size_t i = 0; i < state->descriptor_count; i++) {
    int target = (int)top + 1 + (int)i;
    require(state, "dup3", dup3(state->descriptors[i], target, O_CLOEXEC));
    state->descriptors[i] = target;
  }
  state->report = state->descriptors[0];
  for (size_t i = 0; i < count; i++) {
    struct placement placement;
    memcpy(&placement, data + i * sizeof(placement), sizeof(placement));
    require(state, "dup3", dup3(descriptor(state, placement.position), (int)placement.number, 0));
  }
  require(state, "close_range", syscall(SYS_close_range, (unsigned)base, ~0U, 0U));
}

static void report_at_step(struct launch_state *state, const struct mage_launch_step *step) {
  require(state, "dup3", dup3(state->report, (int)step->a, O_CLOEXEC));
  mage_close(state->report);
  state->report = state->descriptors[0] = (int)step->a;
}

// MARK: Process 1

// Signals that a process 1 sends to itself are lost and most others too (pid_namespaces(7)), so a program that is to die of
// them as its author expects must not be one. This one holds nothing but the report and looks at nothing that the program says.
static __attribute__((noreturn)) void be_init(struct launch_state *state, pid_t child) {
  (void)prctl(PR_SET_DUMPABLE, 0);
  if (state->report > 0) (void)syscall(SYS_close_range, 0U, (unsigned)state->report - 1, 0U);
  (void)syscall(SYS_close_range, (unsigned)state->report + 1, ~0U, 0U);
  siginfo_t info;
  do {
    memset(&info, 0, sizeof(info));
    if (waitid(P_ALL, 0, &info, WEXITED) < 0 && errno != EINTR) break;
  } while (info.si_pid != child);
  struct mage_launch_report report = {
      .kind = MAGE_REPORT_ENDED, .step = (uint32_t)info.si_code, .error = info.si_status};
  (void)mage_send_packet(state->report, &report, sizeof(report), NULL, 0);
  _exit(0);  // the kernel kills whatever the program left behind
}

static void init_step(struct launch_state *state) {
  // The raw call: the libc's would run handlers and take locks.
  long child = syscall(SYS_clone, (unsigned long)SIGCHLD, 0UL, 0UL, 0UL, 0UL);
  require(state, "clone", child);
  if (child > 0) be_init(state, (pid_t)child);
}

// MARK: Landlock

static void landlock_step(struct launch_state *state, const struct mage_launch_step *step) {
  // Written out, because the libc's header may be older than the kernel: handled files, net, scopes (landlock(7)).
  uint64_t attributes[3] = {step->a, step->b, step->c};
  // An older kernel refuses a structure whose unknown tail is not zero, and accepts a zero one.
  state->ruleset = (int)syscall(SYS_landlock_create_ruleset, attributes, sizeof(attributes), 0);
  require(state, "landlock_create_ruleset", state->ruleset);
}

static void landlock_allow_step(struct launch_state *state, const struct mage_launch_step *step, const char *path) {
  int object = path[0] ? open(path, O_PATH | O_CLOEXEC) : descriptor(state, step->b);
  require(state, "open", object);
  struct landlock_path_beneath_attr rule = {.allowed_access = step->a, .parent_fd = object};
  require(
      state, "landlock_add_rule",
      syscall(SYS_landlock_add_rule, state->ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0));
  if (path[0]) mage_close(object);
}

int mage_landlock_version(void) {
  long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version < 0 ? -errno : (int)version;
}

// MARK: Filter and exec

// The last filter of a template's fork. What comes after obeys it: it allows the channel, close and exit, and not the report.
static void seal_step(struct launch_state *state, const struct mage_launch_step *step, const unsigned char *data) {
  if (step->b > step->data_size) fail(state, "seccomp(NEW_LISTENER)", EINVAL);
  // What exec would close: everything above the report, which lies just above the plan's numbers.
  require(state, "close_range", syscall(SYS_close_range, (unsigned)state->report + 1, ~0U, 0U));
  int listener = mage_seccomp_install(data, (uint16_t)(step->b / 8), true);
  if (listener < 0) fail(state, "seccomp(NEW_LISTENER)", -listener);
  if (mage_send_packet_patiently((int)step->a, data + step->b, step->data_size - step->b, &listener, 1) < 0) _exit(127);
  mage_close(listener);
  mage_close(state->report);
}

static void filter_step(struct launch_state *state, const struct mage_launch_step *step, const unsigned char *data) {
  int listener = mage_seccomp_install(data, (uint16_t)(step->data_size / 8), true);
  if (listener < 0) fail(state, "seccomp(NEW_LISTENER)", -listener);
  // From here on the filter judges this function too: it must allow sendmsg, futex, close and execveat.
  struct mage_launch_report report = {.kind = MAGE_REPORT_LISTENER, .step = state->step};
  int64_t sent = mage_send_packet_patiently(state->report, &report, sizeof(report), &listener, 1);
  if (sent < 0) fail(state, "sendmsg", (int)-sent);
  mage_close(listener);
}

#define MAX_STRINGS 64

// Points `strings` at `count` NUL-terminated strings from `data` on; returns what follows them, or NULL.
static const char *split(const char *data, const char *end, uint64_t count, char **strings) {
  if (count >= MAX_STRINGS) return NULL;
  for (uint64_t i = 0; i < count; i++) {
    const char *terminator = memchr(data, 0, (size_t)(end - data));
    if (!terminator) return NULL;
    strings[i] = (char *)data;
    data = terminator + 1;
  }
  strings[count] = NULL;
  return data;
}

static void execute_step(struct launch_state *state, const struct mage_launch_step *step, const char *data) {
  char *arguments[MAX_STRINGS], *environment[MAX_STRINGS];
  const char *end = data + step->data_size;
  const char *rest = split(data, end, step->b, arguments);
  if (!rest || !split(rest, end, step->c, environment)) fail(state, "execveat", E2BIG);
  (void)syscall(SYS_execveat, descriptor(state, step->a), "", arguments, environment, AT_EMPTY_PATH);
  fail(state, "execveat", errno);
}

// MARK: Interpreter

static void run_step(struct launch_state *state, const struct mage_launch_step *step, const unsigned char *data) {
  // What is no text, because it has no end, is an empty one to the steps that want a text.
  const char *text = step->data_size && data[step->data_size - 1] == 0 ? (const char *)data : "";
  switch ((enum mage_launch_op)step->op) {
    case MAGE_STEP_PRIVATE_MOUNTS:
      require(state, "mount(MS_PRIVATE)", mount(NULL, "/", NULL, MOUNT_RECURSIVE | MOUNT_PRIVATE, NULL));
      return;
    case MAGE_STEP_OPEN_TREE: open_tree_step(state, step, text); return;
    case MAGE_STEP_BECOME: become_step(state, step); return;
    case MAGE_STEP_ROOT: root_step(state, step, text); return;
    case MAGE_STEP_DIRECTORY: require(state, "mkdir", mkdir(text, (mode_t)step->a)); return;
    case MAGE_STEP_FILE: file_step(state, text); return;
    case MAGE_STEP_LINK: link_step(state, step, (const char *)data); return;
    case MAGE_STEP_ATTACH: attach_step(state, step, text); return;
    case MAGE_STEP_TMPFS: tmpfs_step(state, step, text); return;
    case MAGE_STEP_PROC: proc_step(state, text); return;
    case MAGE_STEP_PIVOT: pivot_step(state); return;
    case MAGE_STEP_SEAL_ROOT: set_attributes(state, AT_FDCWD, "/", 0, step->a); return;
    case MAGE_STEP_HOSTNAME: require(state, "sethostname", sethostname(text, strlen(text))); return;
    case MAGE_STEP_PARENT_DEATH: parent_death_step(state); return;
    case MAGE_STEP_DESCRIPTORS: descriptors_step(state, step, data); return;
    case MAGE_STEP_LIMIT: {
      struct rlimit limit = {.rlim_cur = step->b, .rlim_max = step->c};
      require(state, "setrlimit", setrlimit((__rlimit_resource_t)step->a, &limit));
      return;
    }
    case MAGE_STEP_SESSION: session_step(state); return;
    case MAGE_STEP_CAPABILITIES: capabilities_step(state, step); return;
    case MAGE_STEP_NO_NEW_PRIVILEGES:
      require(state, "prctl(PR_SET_NO_NEW_PRIVS)", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
      return;
    case MAGE_STEP_LANDLOCK: landlock_step(state, step); return;
    case MAGE_STEP_LANDLOCK_ALLOW: landlock_allow_step(state, step, text); return;
    case MAGE_STEP_LANDLOCK_ENFORCE:
      require(state, "landlock_restrict_self", syscall(SYS_landlock_restrict_self, state->ruleset, 0));
      mage_close(state->ruleset);
      return;
    case MAGE_STEP_FILTER: filter_step(state, step, data); return;
    case MAGE_STEP_REPORT_AT: report_at_step(state, step); return;
    case MAGE_STEP_INIT: init_step(state); return;
    case MAGE_STEP_EXECUTE: execute_step(state, step, (const char *)data); return;
    case MAGE_STEP_SEAL: seal_step(state, step, data); return;
    case MAGE_STEP_RESUME: return;
  }
  fail(state, "step", ENOSYS);
}

// The record's data must lie inside the request.
static bool is_sound(const struct mage_launch_step *step, size_t left) {
  return step->size >= sizeof(*step) && step->size <= left && step->size % 8 == 0 &&
         step->data_size <= step->size - sizeof(*step);
}

void mage_run_launch_steps(
    const struct mage_launch_request *request, size_t size, const int *descriptors, size_t descriptor_count) {
  struct launch_state state = {
      .descriptor_count = descriptor_count, .report = descriptors[0], .ruleset = -1};
  memcpy(state.descriptors, descriptors, descriptor_count * sizeof(int));
  const unsigned char *next = (const unsigned char *)(request + 1);
  size_t left = size - sizeof(*request);
  for (uint32_t index = 0; index < request->step_count; index++) {
    const struct mage_launch_step *step = (const struct mage_launch_step *)next;
    state.step = index;
    if (left < sizeof(*step) || !is_sound(step, left)) fail(&state, "step", EINVAL);
    if (step->op == MAGE_STEP_RESUME) return;
    run_step(&state, step, (const unsigned char *)(step + 1));
    next += step->size;
    left -= step->size;
  }
  fail(&state, "step", ENOEXEC);  // the list ended without an exec
}
