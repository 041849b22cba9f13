// Gives the launcher's C requests that no host makes, for Scripts/valgrind: cut off, contradictory, or made of chance. Each is tried in a process
// of its own, inside namespaces in which it can do no harm.
#define _GNU_SOURCE
#include "CMageSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { most_bytes = 4096, highest_step = 30 };

static uint64_t state;

static uint64_t chance(uint64_t limit) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (state >> 33) % limit;
}

// On the heap, in the exact size, so that a look beyond the request's end is seen.
static unsigned char *make_request(size_t *size) {
  uint32_t steps = 1 + (uint32_t)chance(3);
  unsigned char *request = calloc(1, most_bytes);
  struct mage_launch_request *head = (struct mage_launch_request *)request;
  if (!request) exit(1);
  head->step_count = steps + (uint32_t)chance(2);
  *size = sizeof(*head);
  for (uint32_t index = 0; index < steps; index++) {
    struct mage_launch_step *step = (struct mage_launch_step *)(request + *size);
    uint32_t data = (uint32_t)chance(64);
    step->op = (uint32_t)chance(highest_step);
    step->size = (uint32_t)(sizeof(*step) + (data + 7) / 8 * 8 + (chance(8) ? 0 : chance(64)));
    step->data_size = chance(8) ? data : (uint32_t)chance(128);
    step->a = chance(4) ? chance(16) : UINT64_MAX;
    step->b = chance(4) ? chance(16) : UINT64_MAX;
    step->c = chance(4) ? chance(16) : UINT64_MAX;
    for (uint32_t place = 0; place < data; place++) {
      ((unsigned char *)(step + 1))[place] = (unsigned char)(chance(3) ? 'a' + chance(26) : chance(256));
    }
    *size += sizeof(*step) + (data + 7) / 8 * 8;
  }
  if (!chance(4)) *size -= chance(*size - sizeof(*head) + 1);
  return realloc(request, *size);
}

static void run_steps(void) {
  int report[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, report) < 0) exit(1);
  size_t size = 0;
  unsigned char *request = make_request(&size);
  int descriptors[3] = {report[0], open("/dev/null", O_RDWR), open("/", O_PATH | O_DIRECTORY)};
  alarm(20);
  mage_run_launch_steps((struct mage_launch_request *)request, size, descriptors, 3);
}

static void serve(void) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) < 0) exit(1);
  for (int round = 0; round < 8; round++) {
    size_t size = 0;
    unsigned char *request = make_request(&size);
    int descriptors[2] = {open("/dev/null", O_RDWR), open("/dev/null", O_RDONLY)};
    (void)mage_send_packet(ends[1], request, size, descriptors, chance(3));
    free(request);
  }
  shutdown(ends[1], SHUT_WR);
  alarm(20);
  exit(mage_launcher_serve(ends[0], true));
}

static int check(pid_t child, int round) {
  int status = 0;
  if (waitpid(child, &status, 0) != child) return 1;
  // 9 is what Scripts/valgrind has valgrind exit with.
  int is_defect = WIFSIGNALED(status) ? WTERMSIG(status) != SIGALRM && WTERMSIG(status) != SIGKILL
                                      : WEXITSTATUS(status) == 9;
  if (is_defect) fprintf(stderr, "round %d ended with status %x\n", round, status);
  return is_defect;
}

static int write_file(const char *path, const char *line) {
  int file = open(path, O_WRONLY);
  if (file < 0) return -1;
  int written = (int)write(file, line, strlen(line));
  close(file);
  return written < 0 ? -1 : 0;
}

// An empty file system of its own: a step that makes files makes them there.
static int enter_nowhere(void) {
  char users[32], groups[32];
  snprintf(users, sizeof(users), "0 %u 1", geteuid());
  snprintf(groups, sizeof(groups), "0 %u 1", getegid());
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC) < 0) return -1;
  if (write_file("/proc/self/setgroups", "deny") < 0 || write_file("/proc/self/gid_map", groups) < 0) return -1;
  if (write_file("/proc/self/uid_map", users) < 0) return -1;
  if (mount("none", "/tmp", "tmpfs", 0, NULL) < 0 || mkdir("/tmp/dev", 0700) < 0) return -1;
  int null = open("/tmp/dev/null", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  if (null < 0 || mount("/dev/null", "/tmp/dev/null", "none", MS_BIND, NULL) < 0) return -1;
  close(null);
  return chroot("/tmp") < 0 ? -1 : chdir("/");
}

int main(int count, char *words[]) {
  int rounds = count > 1 ? atoi(words[1]) : 100;
  if (enter_nowhere() < 0) {
    perror("LauncherDriver: cannot make an empty file system");
    return 1;
  }
  int defects = 0;
  for (int round = 0; round < rounds; round++) {
    state = (uint64_t)round * 0x9E3779B97F4A7C15u;
    pid_t child = fork();
    if (child < 0) return 1;
    if (child == 0) {
      if (round % 4 == 3) serve();
      run_steps();
    }
    defects += check(child, round);
  }
  return defects > 0;
}
