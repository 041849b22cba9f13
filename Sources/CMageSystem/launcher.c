#define _GNU_SOURCE  // posix_spawn_file_actions_addclosefrom_np, unshare
#include "CMageSystem.h"

#include "requests.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// The launcher: a process so small that cloning it costs nothing, whatever size the host has. It trusts the host
// and nobody else talks to it; what it checks it checks against mistakes.

// MARK: Identity

static int write_file(const char *path, const char *text) {
  int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return -errno;
  ssize_t written = write(file, text, strlen(text));
  int result = written < 0 ? -errno : 0;
  mage_close(file);
  return result;
}

static int map_ids(int32_t pid, const struct mage_launch_request *request) {
  char path[64], line[64];
  int status = 0;
  if (request->denies_setgroups) {
    snprintf(path, sizeof(path), "/proc/%d/setgroups", pid);
    status = write_file(path, "deny");
    if (status < 0) return status;
  }
  snprintf(path, sizeof(path), "/proc/%d/gid_map", pid);
  snprintf(line, sizeof(line), "%u %u 1", request->inside_gid, request->outside_gid);
  status = write_file(path, line);
  if (status < 0) return status;
  snprintf(path, sizeof(path), "/proc/%d/uid_map", pid);
  snprintf(line, sizeof(line), "%u %u 1", request->inside_uid, request->outside_uid);
  return write_file(path, line);
}

// MARK: Clone

struct clone_result {
  int32_t pid;
  int pidfd;
};

// CLONE_PARENT makes the worker the host's child: the host waits for it, and dies with it, without the launcher's help.
// Where clone3 is refused, as in containers that cannot see its flags, a worker without namespaces still can be made.
static int clone_worker(uint64_t flags, struct clone_result *result) {
  int pidfd = -1;
  struct clone_args arguments = {
      .flags = flags | CLONE_PARENT | CLONE_PIDFD | CLONE_CLEAR_SIGHAND,
      .pidfd = (uint64_t)(uintptr_t)&pidfd,
  };
  long pid = syscall(SYS_clone3, &arguments, sizeof(arguments));
  if (pid < 0 && errno == ENOSYS && flags == 0) {
    // Its handlers are the default ones already: posix_spawn(3) made them so.
    pid = syscall(SYS_clone, (unsigned long)(CLONE_PARENT | CLONE_PIDFD), 0UL, &pidfd, 0UL, 0UL);
  }
  if (pid < 0) return -errno;
  *result = (struct clone_result){.pid = (int32_t)pid, .pidfd = pidfd};
  return 0;
}

static void map_and_release(int report, int32_t pid, int release, const struct mage_launch_request *request) {
  int status = request->clone_flags & CLONE_NEWUSER ? map_ids(pid, request) : 0;
  if (status < 0) {
    send_failure(report, MAGE_STEP_INDEX_IDENTITY, "write(uid_map)", -status);
  } else if (write(release, "", 1) != 1) {
    send_failure(report, MAGE_STEP_INDEX_RELEASE, "write", errno);
  }
}

static void clone_and_map(const struct mage_launch_request *request, size_t size, const int *descriptors, size_t count) {
  int report = descriptors[0];
  int release[2];
  if (pipe2(release, O_CLOEXEC) < 0) {
    send_failure(report, MAGE_STEP_INDEX_CLONE, "pipe2", errno);
    return;
  }
  struct clone_result worker = {.pid = -1, .pidfd = -1};
  int status = clone_worker(request->clone_flags, &worker);
  if (status == 0 && worker.pid == 0) {
    mage_close(release[1]);
    await_release(release[0]);
    mage_close(release[0]);
    mage_run_launch_steps(request, size, descriptors, count);
    _exit(127);  // only a template's forks go on without an exec
  }
  mage_close(release[0]);
  if (status < 0) {
    send_failure(report, MAGE_STEP_INDEX_CLONE, "clone3", -status);
  } else {
    struct mage_launch_report launched = {.kind = MAGE_REPORT_LAUNCHED, .pid = worker.pid};
    send_report(report, &launched, &worker.pidfd);
    map_and_release(report, worker.pid, release[1], request);
    mage_close(worker.pidfd);
  }
  mage_close(release[1]);  // a child that was not released ends here
}

// A template's fork is there already: it only waits for its ids, which nobody below this process may map.
static bool launch(size_t size, const int *descriptors, size_t count) {
  const struct mage_launch_request *request = (const struct mage_launch_request *)request_bytes;
  if (request->forked_pid == 0) {
    clone_and_map(request, size, descriptors, count);
  } else if (count == 2) {
    map_and_release(descriptors[0], request->forked_pid, descriptors[1], request);
  }
  return true;
}

// MARK: Service

// The ids of an ordinary user map to themselves, so that a worker's files stay readable as before.
static int map_own_ids(uid_t uid, gid_t gid) {
  char line[64];
  int status = write_file("/proc/self/setgroups", "deny");
  if (status < 0) return status;
  snprintf(line, sizeof(line), "%u %u 1", gid, gid);
  status = write_file("/proc/self/gid_map", line);
  if (status < 0) return status;
  snprintf(line, sizeof(line), "%u %u 1", uid, uid);
  return write_file("/proc/self/uid_map", line);
}

// One empty network for all workers, made once: a new one for each would cost half a millisecond.
static int prepare(bool makes_namespaces, const char **call) {
  uid_t uid = geteuid();
  gid_t gid = getegid();
  *call = "prctl(PR_SET_PDEATHSIG)";
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) return -errno;
  (void)prctl(PR_SET_NAME, "mage-launcher");
  umask(077);
  // A process that is killed before it is let go leaves a pipe without a reader, which must not end its launcher. Blocked and not ignored: children
  // take the mask off again, and would keep what is ignored.
  sigset_t broken;
  sigemptyset(&broken);
  sigaddset(&broken, SIGPIPE);
  *call = "sigprocmask";
  if (sigprocmask(SIG_BLOCK, &broken, NULL) < 0) return -errno;
  if (uid == 0) {
    *call = "setgroups";
    if (setgroups(0, NULL) < 0) return -errno;
    if (!makes_namespaces) return 0;
    *call = "unshare(CLONE_NEWNET)";
    return unshare(CLONE_NEWNET) < 0 ? -errno : 0;
  }
  if (!makes_namespaces) return 0;
  *call = "unshare(CLONE_NEWUSER)";
  if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0) return -errno;
  *call = "write(uid_map)";
  return map_own_ids(uid, gid);
}

int mage_launcher_serve(int socket, bool makes_namespaces) {
  struct mage_launch_report ready = {.kind = MAGE_REPORT_READY};
  const char *call = "";
  int status = prepare(makes_namespaces, &call);
  ready.error = -status;
  strncpy(ready.call, call, sizeof(ready.call) - 1);
  send_report(socket, &ready, NULL);
  if (status < 0) return 1;
  enum served served;
  do {
    served = serve_request(socket, launch);
  } while (served == SERVED_ONE);
  return 0;
}

// MARK: Start

static int describe_launcher(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes, int socket) {
  sigset_t all, none;
  sigfillset(&all);
  sigemptyset(&none);
  int error = posix_spawnattr_setsigdefault(attributes, &all);
  if (!error) error = posix_spawnattr_setsigmask(attributes, &none);
  if (!error) {
    error = posix_spawnattr_setflags(
        attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  if (!error && socket >= 0) error = posix_spawn_file_actions_adddup2(actions, socket, 3);
  for (int number = 0; number < 3 && !error; number++) {
    error = posix_spawn_file_actions_addopen(actions, number, "/dev/null", O_RDWR, 0);
  }
  if (!error) error = posix_spawn_file_actions_addclosefrom_np(actions, socket >= 0 ? 4 : 3);
  return error;
}

static int spawn(const char *path, char *const arguments[], int socket, int32_t *pid) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  pid_t child = -1;
  if (posix_spawn_file_actions_init(&actions)) return -ENOMEM;
  if (posix_spawnattr_init(&attributes)) {
    posix_spawn_file_actions_destroy(&actions);
    return -ENOMEM;
  }
  int error = describe_launcher(&actions, &attributes, socket);
  // Symbols are looked up once, here, and not again in each process that it clones, where each look-up also copies a page.
  char *const environment[] = {(char *)"LD_BIND_NOW=1", NULL};
  if (!error) error = posix_spawn(&child, path, &actions, &attributes, arguments, environment);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  *pid = child;
  return -error;
}

int mage_spawn_launcher(const char *path, int socket, bool makes_namespaces, int32_t *pid) {
  char *const arguments[] = {(char *)"mage-launcher", makes_namespaces ? NULL : (char *)"plain", NULL};
  int status = spawn(path, arguments, socket, pid);
  if (status < 0) return status;
  int pidfd = (int)syscall(SYS_pidfd_open, *pid, 0);
  return pidfd < 0 ? -errno : pidfd;
}

int mage_spawn_guardian(const char *path, const char *root, const char *prefix) {
  char owner[16];
  snprintf(owner, sizeof(owner), "%d", getpid());
  char *const arguments[] = {(char *)"mage-launcher", (char *)"guard", owner, (char *)root, (char *)prefix, NULL};
  int32_t pid = -1;
  int ended = 0;
  int status = spawn(path, arguments, -1, &pid);
  if (status < 0) return status;
  while (waitpid(pid, &ended, 0) < 0) {
    if (errno != EINTR) return -errno;
  }
  return ended == 0 ? 0 : -ECHILD;
}
