// Looks for what a minimal /proc must not show, and for what it must. Says the first thing that is wrong.
// run: => finished 1
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const hidden[] = {
    "/proc/1", "/proc/1/status", "/proc/cpuinfo", "/proc/meminfo", "/proc/sys/kernel/hostname", "/proc/kallsyms", "/proc/kcore",
    "/proc/cmdline", "/proc/version", "/proc/mounts/..", "/proc/keys", "/proc/modules", "/proc/sysrq-trigger", "/proc/uptime",
    "/proc/net/tcp/../../stat", "/proc/stat", "/proc/loadavg", "/proc/filesystems", "/proc/key-users",
};
static const char *const shown[] = {"/proc/self/status", "/proc/self/maps", "/proc/self/exe", "/proc/2/stat"};
static const char *const fixed[] = {"/proc/self/mem", "/proc/self/oom_score_adj", "/proc/self/comm", "/proc/self/uid_map", "/proc/self/clear_refs"};

int main(void) {
  for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
    if (open(shown[i], O_RDONLY) < 0) return printf("%s: %s\n", shown[i], strerror(errno)), 1;
  for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
    if (open(hidden[i], O_RDONLY) >= 0) return printf("%s is there\n", hidden[i]), 2;
  for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
    if (open(fixed[i], O_WRONLY) >= 0) return printf("%s can be written\n", fixed[i]), 3;
  // A descriptor that was opened for reading stays so, by whatever name it is opened again.
  int own = open("/proc/self/exe", O_RDONLY);
  char name[64];
  snprintf(name, sizeof name, "/proc/self/fd/%d", own);
  if (open(name, O_RDWR) >= 0) return printf("%s can be written\n", name), 4;
  return 0;
}
