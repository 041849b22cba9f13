// Asks not to die with its parent.
// run: => finished 0
#define _GNU_SOURCE
#include <errno.h>
#include <sys/prctl.h>

int main(void) {
  return prctl(PR_SET_PDEATHSIG, 0) == -1 && errno == EINVAL ? 0 : 1;
}
