// Writes too much and ends before anybody can end it.
// run: --output 1KiB => limit output
#define _GNU_SOURCE
#include <unistd.h>

int main(void) {
  static char block[8192];
  (void)!write(1, block, sizeof(block));
  _exit(0);
}
