// Writes what it may, to the byte.
// run: --output 4096 => finished 0
// run: --output 4095 => limit output
#define _GNU_SOURCE
#include <unistd.h>

int main(void) {
  static char block[4096];
  return write(1, block, sizeof(block)) == sizeof(block) ? 0 : 1;
}
