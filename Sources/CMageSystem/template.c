#define _GNU_SOURCE  // clone's flags
#include "CMageSystem.h"

#include "requests.h"

#include <sched.h>
#include <sys/syscall.h>

// A template: a worker that has started, read no outside byte and waits here. For each request it forks once, and the fork confines itself
// further, by the steps of the request, before it returns to the caller.

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x1000
#endif

// The kernel says yes to a process with one thread and no to all others; nothing changes (unshare(2)). A fork of a process
// with threads would have one of them, and locks that the others hold for ever.
static int require_one_thread(void) { return syscall(SYS_unshare, CLONE_THREAD) < 0 ? -errno : 0; }

// clone and not clone3, whose flags a filter cannot see: the template's filter allows just these. CLONE_PARENT makes the fork the host's
// own child. Without a stack of its own it goes on here, as after fork(2).
static long clone_here(uint64_t namespaces, int *pidfd) {
  return syscall(SYS_clone, (unsigned long)namespaces | CLONE_PARENT | CLONE_PIDFD, 0UL, pidfd, 0UL, 0UL);
}

static bool fork_one(size_t size, const int *descriptors, size_t count) {
  const struct mage_launch_request *request = (const struct mage_launch_request *)request_bytes;
  int report = descriptors[0];
  if (count < 2) {
    send_failure(report, MAGE_STEP_INDEX_REQUEST, "recvmsg", EBADF);
    return true;
  }
  int status = require_one_thread();
  if (status < 0) {
    send_failure(report, MAGE_STEP_INDEX_THREADS, "unshare(CLONE_THREAD)", -status);
    return true;
  }
  int pidfd = -1;
  long pid = clone_here(request->clone_flags, &pidfd);
  if (pid == 0) {
    await_release(descriptors[1]);
    mage_run_launch_steps(request, size, descriptors, count);
    return false;
  }
  if (pid < 0) {
    send_failure(report, MAGE_STEP_INDEX_CLONE, "clone", errno);
    return true;
  }
  struct mage_launch_report launched = {.kind = MAGE_REPORT_LAUNCHED, .pid = (int32_t)pid};
  // With its own end of the report, for whoever maps the fork's ids.
  int handed[2] = {pidfd, report};
  int64_t sent = mage_send_packet_patiently(report, &launched, sizeof(launched), handed, 2);
  if (sent < 0) send_failure(report, MAGE_STEP_INDEX_CLONE, "sendmsg", (int)-sent);
  mage_close(pidfd);
  return true;
}

bool mage_serve_template(int socket) {
  enum served served;
  do {
    served = serve_request(socket, fork_one);
  } while (served == SERVED_ONE);
  return served == SERVED_CHILD;
}
