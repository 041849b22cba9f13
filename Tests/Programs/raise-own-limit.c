// Raises a limit of its own, which the kernel refuses.
// run: => finished 0
#define _GNU_SOURCE
#include <errno.h>
#include <sys/resource.h>

int main(void) {
  struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
  return prlimit(0, RLIMIT_FSIZE, &all, 0) == -1 && errno == EPERM ? 0 : 1;
}
