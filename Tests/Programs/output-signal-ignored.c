// Is told that its file is too large, and lives with it.
// run: --output 64KiB => finished 0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

int main(void) {
  static char block[65536 + 1];
  signal(SIGXFSZ, SIG_IGN);
  int file = open("/tmp/large", O_WRONLY | O_CREAT, 0600);
  if (write(file, block, 65536) != 65536) return 1;
  return write(file, block, 1) == -1 && errno == EFBIG ? 0 : 2;
}
