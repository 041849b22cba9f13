// Cannot write where its input comes from.
// run: --stdin=hello => finished 0
#define _GNU_SOURCE
#include <unistd.h>

int main(void) {
  return write(0, "x", 1) == -1 ? 0 : 1;
}
