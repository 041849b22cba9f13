// Copies its input to its output.
// run: --stdin=hello => finished 0
#define _GNU_SOURCE
#include <unistd.h>

int main(void) {
  char buffer[64];
  ssize_t count = read(0, buffer, sizeof(buffer));
  return write(1, buffer, (size_t)count) == 5 ? 0 : 1;
}
