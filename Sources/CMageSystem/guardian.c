#define _GNU_SOURCE
#include "CMageSystem.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// The guardian: outlives its host by a moment, to take away control groups that the host could not. They have no owner that the
// kernel would clean up for.

// Returns how many groups are left.
static int remove_groups(const char *root, const char *prefix) {
  DIR *directory = opendir(root);
  int left = 0;
  if (!directory) return 0;
  for (struct dirent *entry; (entry = readdir(directory));) {
    if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0) continue;
    char path[512];
    snprintf(path, sizeof(path), "%s/%s", root, entry->d_name);
    if (rmdir(path) < 0 && errno != ENOENT) left++;
  }
  closedir(directory);
  return left;
}

int mage_guard_groups(int32_t owner, const char *root, const char *prefix) {
  // Taken before the host is told that all is well: until then it waits for this process, and so is the parent. One that is dead
  // already has nothing left to wait for.
  int host = getppid() == owner ? (int)syscall(SYS_pidfd_open, owner, 0) : -1;
  // The host does not wait for it: whoever adopts the child reaps it.
  pid_t child = fork();
  if (child != 0) return child < 0 ? 1 : 0;
  struct pollfd end = {.fd = host, .events = POLLIN};
  while (host >= 0 && poll(&end, 1, -1) < 0 && errno == EINTR) {
  }
  // What was in the groups dies with the host, which takes a moment.
  for (int attempt = 0; attempt < 500 && remove_groups(root, prefix) > 0; attempt++) {
    struct timespec pause = {.tv_nsec = 10000000};
    (void)nanosleep(&pause, NULL);
  }
  return 0;
}
