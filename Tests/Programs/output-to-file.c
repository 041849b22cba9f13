// Writes a file without end.
// run: --output 1MiB => limit output
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>

int main(void) {
  static char block[65536];
  int file = open("/tmp/large", O_WRONLY | O_CREAT, 0600);
  for (;;) if (write(file, block, sizeof(block)) < 0) return 1;
}
