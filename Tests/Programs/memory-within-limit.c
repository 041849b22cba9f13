// Fills what it may.
// run: --memory 64MiB => finished 0
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

int main(void) {
  char *data = malloc(32 << 20);
  if (!data) return 1;
  memset(data, 1, 32 << 20);
  return data[1] - 1;
}
