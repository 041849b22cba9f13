// Types into the terminal, with a bit set that the kernel does not read.
// run: => finished 0
#define _GNU_SOURCE
#include <errno.h>
#include <sys/ioctl.h>

int main(void) {
  return ioctl(0, ((unsigned long)1 << 32) | TIOCSTI, "x") == -1 && errno == ENOTTY ? 0 : 1;
}
