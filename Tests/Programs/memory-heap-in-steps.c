// Takes one megabyte after the other.
// run: --memory 64MiB => limit memory
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

int main(void) {
  for (;;) {
    char *data = malloc(1 << 20);
    if (!data) return 1;
    memset(data, 1, 1 << 20);
  }
}
