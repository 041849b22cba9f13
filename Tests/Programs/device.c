// Reads a device that programs expect.
// run: => finished 0
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>

int main(void) {
  char byte = 1;
  return read(open("/dev/zero", O_RDONLY), &byte, 1) == 1 && byte == 0 ? 0 : 1;
}
