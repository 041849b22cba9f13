// Reads a file that its view does not hold.
// run: => finished 0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>

int main(void) {
  return open("/etc/passwd", O_RDONLY) == -1 && errno == ENOENT ? 0 : 1;
}
