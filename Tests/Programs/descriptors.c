// Has three descriptors and no other.
// run: => finished 3
#define _GNU_SOURCE
#include <fcntl.h>

int main(void) {
  int open_ones = 0;
  for (int number = 0; number < 1024; number++) open_ones += fcntl(number, F_GETFD) >= 0;
  return open_ones;
}
