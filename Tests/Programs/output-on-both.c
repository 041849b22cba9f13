// Writes half on each; the limit is for both together.
// run: --output 8192 => finished 0
// run: --output 8191 => limit output
#define _GNU_SOURCE
#include <unistd.h>

int main(void) {
  static char block[4096];
  return write(1, block, sizeof(block)) + write(2, block, sizeof(block)) == 2 * sizeof(block) ? 0 : 1;
}
