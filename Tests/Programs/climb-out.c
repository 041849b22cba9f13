// Climbs above its root.
// run: => finished 0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>

int main(void) {
  return open("/tmp/../../../../../etc/passwd", O_RDONLY) == -1 && errno == ENOENT ? 0 : 1;
}
