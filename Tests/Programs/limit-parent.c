// Changes its parent's limits.
// run: => forbidden-call prlimit64
#define _GNU_SOURCE
#include <sys/resource.h>
#include <unistd.h>

int main(void) {
  struct rlimit none = {0, 0};
  return prlimit(getppid(), RLIMIT_CPU, &none, 0);
}
